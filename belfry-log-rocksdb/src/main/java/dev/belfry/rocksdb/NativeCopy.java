package dev.belfry.rocksdb;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * A file from the class path, copied to a directory of its own that is named by its content. A copy is there whole or not at
 * all, whoever writes it at the same time or is killed meanwhile, and is compared with the original before it is used.
 */
final class NativeCopy {
    private static final Duration ABANDONED = Duration.ofMinutes(10);

    private final URL original;
    private final String fileName;
    private final long crc;

    NativeCopy(URL original, String fileName) throws IOException {
        this.original = original;
        this.fileName = fileName;
        this.crc = crcOf(original);
    }

    /** The library for this system, under the name by which RocksDB looks for it in a directory. */
    static NativeCopy ofRocksDb() throws IOException {
        String name = Environment.getJniLibraryFileName("rocksdb");
        URL original = Stream.of(name, Environment.getFallbackJniLibraryFileName("rocksdb"))
                .filter(Objects::nonNull)
                .map(NativeCopy::onClassPath)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow(() -> new FileNotFoundException(name + " is not on the class path"));
        return new NativeCopy(original, Environment.getJniLibraryFileName("rocksdbjni"));
    }

    private static @Nullable URL onClassPath(String name) {
        return RocksDB.class.getResource("/" + name);
    }

    /** A jar knows it already. */
    private static long crcOf(URL url) throws IOException {
        URLConnection connection = url.openConnection();
        long known = connection instanceof JarURLConnection jar && jar.getJarEntry() != null
                ? jar.getJarEntry().getCrc()
                : -1;
        return known != -1 ? known : crcOf(url.openStream());
    }

    private static long crcOf(InputStream in) throws IOException {
        try (CheckedInputStream checked = new CheckedInputStream(in, new CRC32())) {
            checked.transferTo(OutputStream.nullOutputStream());
            return checked.getChecksum().getValue();
        }
    }

    /** The directory of the copy in a place. Makes both when they are missing, and the copy anew when it is damaged. */
    Path in(Path place) throws IOException {
        Path directory = place.resolve("rocksdbjni-" + HexFormat.of().toHexDigits(crc, 8));
        OwnDirectory.prepare(directory);
        Path file = directory.resolve(fileName);
        if (!isWhole(file)) {
            write(directory, file);
        }
        return directory;
    }

    private boolean isWhole(Path file) throws IOException {
        return Files.isRegularFile(file, NOFOLLOW_LINKS) && crcOf(Files.newInputStream(file)) == crc;
    }

    private void write(Path directory, Path file) throws IOException {
        removeAbandoned(directory);
        Path temporary = Files.createTempFile(directory, "copy", ".tmp");
        try {
            copyTo(temporary);
            if (!isWhole(temporary)) {
                throw new IOException("the copy of " + original + " differs from it");
            }
            replace(file, temporary);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private void copyTo(Path temporary) throws IOException {
        try (InputStream in = original.openStream();
                FileChannel channel = FileChannel.open(temporary, WRITE)) {
            in.transferTo(Channels.newOutputStream(channel));
            channel.force(true);
        }
    }

    private void replace(Path file, Path temporary) throws IOException {
        try {
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            // Windows does not replace what another process has loaded in the meantime
            if (!isWhole(file)) {
                throw e;
            }
        }
    }

    /** What was left by those who were killed while they copied. */
    private static void removeAbandoned(Path directory) throws IOException {
        Instant before = Instant.now().minus(ABANDONED);
        try (DirectoryStream<Path> copies = Files.newDirectoryStream(directory, "copy*.tmp")) {
            for (Path copy : copies) {
                if (Files.getLastModifiedTime(copy).toInstant().isBefore(before)) {
                    Files.deleteIfExists(copy);
                }
            }
        }
    }
}
