package dev.belfry.rocksdb;

import dev.belfry.Chunk;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.LogSettings;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.ReadLimits;
import dev.belfry.Receipt;
import dev.belfry.TopicPattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/** What the tests of this module do to logs and their directories. */
final class Logs {
    static final ReadLimits LIMITS = new ReadLimits(1_000, 1 << 20);

    private Logs() {}

    static RocksDbEventLog open(Path directory) {
        return open(directory, LogSettings.DEFAULT);
    }

    static RocksDbEventLog open(Path directory, LogSettings settings) {
        return RocksDbEventLog.open(directory, settings, Durability.FSYNC);
    }

    static Receipt append(EventLog log, Notification... notifications) {
        return append(log, Publication.of(notifications));
    }

    static Receipt append(EventLog log, Publication publication) {
        try {
            return log.append(publication).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : e;
        }
    }

    static void appendNumbers(EventLog log, int from, int to) {
        for (int i = from; i < to; i++) {
            append(log, Notification.of("numbers", Integer.toString(i)));
        }
    }

    static List<String> texts(EventLog log) {
        return events(log, EventFilter.ALL).stream()
                .map(event -> event.data().toString())
                .toList();
    }

    static List<Event> events(EventLog log, EventFilter filter) {
        List<Event> events = new ArrayList<>();
        Position position = Position.EARLIEST;
        Chunk chunk;
        do {
            chunk = log.read(filter, position, LIMITS);
            events.addAll(chunk.events());
            position = chunk.next();
        } while (!chunk.headReached());
        return events;
    }

    static EventFilter filter(String pattern) {
        return new EventFilter(Set.of(TopicPattern.of(pattern)), Set.of(TopicPattern.ALL));
    }

    /** What a killed process leaves behind: the files of an open log, as they are. */
    static Path imageOf(Path directory, Path image) throws IOException {
        Files.createDirectories(image);
        for (Path file : filesIn(directory)) {
            Files.copy(file, image.resolve(file.getFileName()));
        }
        return image;
    }

    static List<Path> filesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    /** As {@code cp -a} does. */
    static Path copyOf(Path directory, Path copy) throws IOException {
        Files.createDirectories(copy);
        for (Path file : filesIn(directory)) {
            Files.copy(file, copy.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
        }
        return copy;
    }

    /** The newest write-ahead log. */
    static Path walOf(Path directory) throws IOException {
        return filesIn(directory).stream()
                .filter(file -> file.toString().endsWith(".log"))
                .reduce((first, second) -> second)
                .orElseThrow();
    }
}
