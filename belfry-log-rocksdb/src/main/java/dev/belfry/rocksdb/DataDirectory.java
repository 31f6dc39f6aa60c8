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
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of a log, and the text file in it that is not RocksDB's.
 *
 * <pre>
 * FORMAT   belfry-log 2      which version of the families' tables this directory follows
 * </pre>
 *
 * <p>A directory of format 1 is upgraded when the database is open, and so locked: its tables are those of format 2 with some
 * missing, which opening adds. Wherever that is cut off, the next start does it again.
 */
final class DataDirectory {
    static final int FORMAT_VERSION = 2;
    private static final Logger log = LoggerFactory.getLogger(DataDirectory.class);
    private static final int OLDEST_VERSION = 1;
    private static final String FORMAT = "FORMAT";

    /** Format 1 said with it that the last run had closed in order. */
    private static final String CLEAN = "CLEAN";

    private static final Pattern FORMAT_LINE = Pattern.compile("belfry-log (\\d{1,9})");

    private final Path path;
    private int version = FORMAT_VERSION;

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
        version = Integer.parseInt(matcher.group(1));
        if (version < OLDEST_VERSION || version > FORMAT_VERSION) {
            throw new LogUnusable("the data directory " + path + " has format " + version
                    + ", this version of Belfry reads " + OLDEST_VERSION + " to " + FORMAT_VERSION
                    + (version > FORMAT_VERSION ? ": it was written by a newer one" : ""));
        }
    }

    /** A database is made only where there is nothing of one: RocksDB would delete what is left of another. */
    Database.Mode mode() {
        if (Files.exists(path.resolve("CURRENT"))) {
            return Database.Mode.EXISTING;
        }
        try (Stream<Path> files = Files.list(path)) {
            boolean isAnyLeft =
                    files.map(Path::toString).anyMatch(name -> name.endsWith(".sst") || name.contains("MANIFEST-"));
            if (isAnyLeft) {
                throw new LogUnusable("the data directory " + path + " lacks the file CURRENT of its database:"
                        + " restore it, or move the directory away to begin a new log");
            }
        } catch (IOException e) {
            throw new LogUnusable("the data directory " + path + " cannot be read: " + e, e);
        }
        return Database.Mode.NEW;
    }

    /** Makes it one of the newest format. The database is open, and has all that this format needs. */
    void upgrade() throws IOException {
        if (version < FORMAT_VERSION) {
            write(FORMAT, "belfry-log " + FORMAT_VERSION);
            Files.deleteIfExists(path.resolve(CLEAN));
            log.info("data directory upgraded directory={} from={} to={}", path, version, FORMAT_VERSION);
            version = FORMAT_VERSION;
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
