package dev.belfry.rocksdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the data directory still is the one that was opened, with the files that it needs. What is written to a directory that has been
 * deleted or moved away is gone with it, though every write succeeds. Owned by the writer thread.
 */
final class DirectoryWatch {
    private static final Logger log = LoggerFactory.getLogger(DirectoryWatch.class);
    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
    private static final List<String> SAME = List.of("FORMAT", "LOCK");

    private final Path directory;
    private final List<@Nullable Object> identities;
    private long checkedNanos = System.nanoTime();
    private @Nullable String missing;

    DirectoryWatch(Path directory) {
        this.directory = directory;
        identities = SAME.stream().map(this::identity).toList();
    }

    /** Whether it was there when it was looked at last, or is there again. */
    boolean wasThere() {
        return missing == null || isAllThere();
    }

    /** Looks at one file, and twice a second at all. Returns whether the directory is there. */
    boolean isThere() {
        return wasThereLately() && (isSame(0) || isAllThere());
    }

    /** Looks twice a second only. */
    boolean wasThereLately() {
        return (missing == null && System.nanoTime() - checkedNanos < EVERY_NANOS) || isAllThere();
    }

    /** Looks at all that is needed. */
    boolean isAllThere() {
        checkedNanos = System.nanoTime();
        String now = findMissing();
        if (now != null && missing == null) {
            log.error(
                    "the data directory is gone, or a file of it, and nothing is written any more directory={} missing={}:"
                            + " put back what was there, or stop the server, see to the directory, and start it again",
                    directory,
                    now);
        } else if (now == null && missing != null) {
            log.warn("the data directory is there again directory={}", directory);
        }
        missing = now;
        return now == null;
    }

    /** Whether there is any directory of its name. */
    boolean isAny() {
        return Files.exists(directory);
    }

    private @Nullable String findMissing() {
        for (int i = 0; i < SAME.size(); i++) {
            if (!isSame(i)) {
                return SAME.get(i);
            }
        }
        if (!Files.exists(directory.resolve("CURRENT"))) {
            return "CURRENT";
        }
        try (Stream<Path> files = Files.list(directory)) {
            List<String> names = files.map(
                            file -> Objects.requireNonNull(file.getFileName()).toString())
                    .toList();
            if (names.stream().noneMatch(name -> name.startsWith("MANIFEST-"))) {
                return "MANIFEST";
            }
            return names.stream().anyMatch(name -> name.endsWith(".log")) ? null : "the write-ahead log";
        } catch (IOException e) {
            return directory.toString();
        }
    }

    private boolean isSame(int index) {
        Object now = identity(SAME.get(index));
        return now != null && now.equals(identities.get(index));
    }

    /** What tells a file from another of its name; null when there is none. */
    private @Nullable Object identity(String name) {
        try {
            BasicFileAttributes found = Files.readAttributes(directory.resolve(name), BasicFileAttributes.class);
            Object key = found.fileKey();
            return key == null ? name : key; // Windows has none
        } catch (IOException e) {
            return null;
        }
    }
}
