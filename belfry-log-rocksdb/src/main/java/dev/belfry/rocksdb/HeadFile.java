package dev.belfry.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@code HEAD} in the data directory: up to where the log was known to reach, beside the database, so that the next start can tell
 * when the database has lost its end. Written when the log is closed and about once a second. Owned by the writer thread.
 */
final class HeadFile {
    private static final Logger log = LoggerFactory.getLogger(HeadFile.class);
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Pattern LINE = Pattern.compile("(\\d{1,19}) \\S{3,40}");

    private final Path file;
    private long writtenOffset = -1;
    private long writtenNanos = System.nanoTime();

    HeadFile(Path directory) {
        file = directory.resolve("HEAD");
    }

    /** Whether the log that was found ends before the place that was written down; says so in one line. */
    boolean isAheadOf(Position found) {
        try {
            String line = Files.exists(file) ? Files.readString(file).strip() : "";
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches() && Long.parseLong(matcher.group(1)) > found.offset()) {
                String recorded = line.substring(line.indexOf(' ') + 1);
                log.error(
                        "events are lost, the log ends before the place that the last run wrote down"
                                + " found={} recorded={}",
                        found,
                        recorded);
                return true;
            }
        } catch (IOException | NumberFormatException e) {
            log.warn("the file cannot be read file={} cause={}", file, e.toString());
        }
        return false;
    }

    /** Writes it down when it has changed and the last time is a second ago. */
    void note(Position head) {
        if (head.offset() != writtenOffset && System.nanoTime() - writtenNanos >= EVERY_NANOS) {
            write(head);
        }
    }

    /** Writes it down. It is a help and no more, so that failing to is no failure. */
    void write(Position head) {
        writtenNanos = System.nanoTime();
        try {
            Files.write(file, (head.offset() + " " + head + "\n").getBytes(UTF_8));
            writtenOffset = head.offset();
        } catch (IOException e) {
            log.debug("the file cannot be written file={} cause={}", file, e.toString());
        }
    }
}
