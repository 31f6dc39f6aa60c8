package dev.belfry.rocksdb;

import dev.belfry.Chunk;
import dev.belfry.Data;
import dev.belfry.EventFilter;
import dev.belfry.LogSettings;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.ReadLimits;
import dev.belfry.Retention;
import dev.belfry.Topic;
import dev.belfry.TopicPattern;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Measures the log in a directory that is given, or a new one. Run by hand; no test. */
final class Measure {
    private static final int EVENTS = 1_000_000;
    private static final ReadLimits LIMITS = new ReadLimits(1_000, 1 << 20);
    private static final Retention ALL = new Retention(Duration.ofDays(36_500), Long.MAX_VALUE, Long.MAX_VALUE);
    private static final Random RANDOM = new Random(1);

    private Measure() {}

    @SuppressWarnings("SystemOut")
    private static void report(String what, double value, String unit) {
        System.out.printf(Locale.ROOT, "%-50s %,12.2f %s%n", what, value, unit);
    }

    public static void main(String[] args) throws Exception {
        Path directory = args.length > 0 ? Path.of(args[0]) : Files.createTempDirectory("belfry-measure");
        try (RocksDbEventLog log = open(directory)) {
            append(log, 1, 5_000);
            append(log, 64, 100_000);
            fill(log);
        }
        Retention few = new Retention(Duration.ofDays(1), Long.MAX_VALUE, 10_000);
        Path other = directory.resolve("few");
        try (RocksDbEventLog log =
                RocksDbEventLog.open(other, LogSettings.DEFAULT.withRetention(few), Durability.FSYNC)) {
            append(log, 64, 20_000);
            append(log, 1, 5_000);
            append(log, 64, 100_000);
        }
        long start = System.nanoTime();
        try (RocksDbEventLog log = open(directory)) {
            report("open again", (System.nanoTime() - start) / 1e6, "ms");
            for (int i = 0; i < 4; i++) {
                replay(log);
            }
            for (int i = 0; i < 5; i++) {
                topic(log, "rare/topic", "replay of one topic of 100 events");
            }
            topic(log, "rare/*", "replay of a wildcard of the same");
            tail(log);
        }
        long files = 0;
        try (var list = Files.list(directory)) {
            for (Path file : list.toList()) {
                files += Files.size(file);
            }
        }
        report("on disk", files / 1e6, "MB");
    }

    private static RocksDbEventLog open(Path directory) {
        return RocksDbEventLog.open(directory, LogSettings.DEFAULT.withRetention(ALL), Durability.FSYNC);
    }

    private static Notification notification(String topic) {
        byte[] data = new byte[256];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) ('a' + RANDOM.nextInt(26));
        }
        return new Notification(List.of(new Topic(topic)), "notification", Data.ofUtf8(data, false), false, null);
    }

    private static void append(RocksDbEventLog log, int threads, int count) throws InterruptedException {
        Publication publication = Publication.of(notification("orders/42"));
        List<Thread> running = new ArrayList<>();
        long start = System.nanoTime();
        for (int t = 0; t < threads; t++) {
            Thread thread = new Thread(() -> {
                for (int i = 0; i < count / threads; i++) {
                    log.append(publication).join();
                }
            });
            thread.start();
            running.add(thread);
        }
        for (Thread thread : running) {
            thread.join();
        }
        report("synced appends, threads: " + threads, count / seconds(start), "events/s");
    }

    private static void fill(RocksDbEventLog log) {
        long start = System.nanoTime();
        CompletableFuture<?> last = CompletableFuture.completedFuture(null);
        for (int i = 0; i < EVENTS; i += 500) {
            Notification[] batch = new Notification[500];
            for (int j = 0; j < batch.length; j++) {
                batch[j] = notification(i % 10_000 == 0 && j == 7 ? "rare/topic" : "orders/" + RANDOM.nextInt(1_000));
            }
            last.join();
            last = log.append(Publication.of(batch));
        }
        last.join();
        report("synced appends in batches of 500", EVENTS / seconds(start), "events/s");
    }

    private static void replay(RocksDbEventLog log) {
        long start = System.nanoTime();
        Position position = log.beforeOldest();
        long count = 0;
        while (true) {
            Chunk chunk = log.read(EventFilter.ALL, position, LIMITS);
            count += chunk.events().size();
            position = chunk.next();
            if (chunk.headReached()) {
                break;
            }
        }
        report("replay of " + count, count / seconds(start), "events/s");
    }

    private static void topic(RocksDbEventLog log, String pattern, String what) {
        EventFilter filter = new EventFilter(Set.of(TopicPattern.of(pattern)), Set.of(TopicPattern.ALL));
        long start = System.nanoTime();
        int found = log.read(filter, log.beforeOldest(), LIMITS).events().size();
        report(what + ", found " + found, seconds(start) * 1e3, "ms");
    }

    private static void tail(RocksDbEventLog log) {
        Position near = new Position(log.epoch(), log.head().offset() - 10);
        for (int i = 0; i < 20_000; i++) {
            log.read(EventFilter.ALL, near, LIMITS);
        }
        long start = System.nanoTime();
        for (int i = 0; i < 20_000; i++) {
            log.read(EventFilter.ALL, near, LIMITS);
        }
        report("reads of the last 10", 20_000 / seconds(start), "reads/s");
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
