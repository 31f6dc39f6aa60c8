package dev.belfry.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.belfry.BelfryException.LogUnusable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The directory of a log, and the two text files in it that are not RocksDB's.
 *
 * <pre>
 * FORMAT   belfry-log 1      which version of the families' tables this directory follows
 * CLEAN    head 4711         there while no run has written since the last one closed in order, at that head
 * </pre>
 *
 * <p>CLEAN is a file and no key of the database, because it must say the truth just when the database has lost its tail:
 * its removal cannot be lost with the write-ahead log.
 */
final class DataDirectory {
    static final int FORMAT_VERSION = 1;
    private static final String FORMAT = "FORMAT";
    private static final String CLEAN = "CLEAN";
    private static final Pattern FORMAT_LINE = Pattern.compile("belfry-log (\\d{1,9})");

    private final Path path;

    private DataDirectory(Path path) {
        this.path = path;
    }

    /** Creates what is missing, and refuses what this version cannot use. */
    static DataDirectory prepare(Path path) {
        DataDirectory directory = new DataDirectory(path.toAbsolutePath().normalize());
        try {
            Files.createDirectories(directory.path);
        } catch (IOException e) {
            throw new LogUnusable("the data directory " + directory.path + " cannot be created: " + e, e);
        }
        if (!Files.isWritable(directory.path)) {
            throw new LogUnusable("the data directory " + directory.path + " is not writable");
        }
        try {
            directory.checkFormat();
        } catch (IOException e) {
            throw new LogUnusable("the data directory " + directory.path + " cannot be used: " + e, e);
        }
        return directory;
    }

    Path path() {
        return path;
    }

    private void checkFormat() throws IOException {
        Path file = path.resolve(FORMAT);
        if (Files.exists(file)) {
            checkFormat(Files.readString(file).strip());
        } else if (Files.exists(path.resolve("CURRENT"))) {
            throw new LogUnusable("the directory " + path + " holds a RocksDB database that is no Belfry log");
        } else {
            write(FORMAT, "belfry-log " + FORMAT_VERSION);
        }
    }

    private void checkFormat(String line) {
        Matcher matcher = FORMAT_LINE.matcher(line);
        if (!matcher.matches()) {
            throw new LogUnusable("the file " + path.resolve(FORMAT) + " does not name a format of Belfry's log");
        }
        int version = Integer.parseInt(matcher.group(1));
        if (version != FORMAT_VERSION) {
            throw new LogUnusable(
                    "the data directory " + path + " has format " + version + ", this version of Belfry reads "
                            + FORMAT_VERSION + (version > FORMAT_VERSION ? ": it was written by a newer one" : ""));
        }
    }

    /** Whether the last run closed in order, at this head, and nothing was written since. */
    boolean isClean(long head) throws IOException {
        Path file = path.resolve(CLEAN);
        return Files.exists(file) && Files.readString(file).strip().equals("head " + head);
    }

    void markClean(long head) throws IOException {
        write(CLEAN, "head " + head);
    }

    /** Durable when it returns. */
    void unmarkClean() throws IOException {
        if (Files.deleteIfExists(path.resolve(CLEAN))) {
            sync();
        }
    }

    /** All or nothing, and durable when it returns. */
    private void write(String name, String line) throws IOException {
        Path temporary = path.resolve(name + ".tmp");
        try (FileChannel channel = FileChannel.open(temporary, CREATE, WRITE, TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, path.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync();
    }

    private void sync() throws IOException {
        if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) { // Windows opens no directories
            try (FileChannel channel = FileChannel.open(path, READ)) {
                channel.force(true);
            }
        }
    }
}
