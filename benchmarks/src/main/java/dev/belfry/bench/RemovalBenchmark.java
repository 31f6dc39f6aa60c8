package dev.belfry.bench;

import dev.belfry.Chunk;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.LogSettings;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.ReadLimits;
import dev.belfry.Retention;
import dev.belfry.TopicPattern;
import dev.belfry.rocksdb.Durability;
import dev.belfry.rocksdb.RocksDbEventLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What it costs to remember what retention removed: a million events, of one topic or each of its own. Run by hand: {@code java -cp
 * "benchmarks/target/benchmarks.jar:benchmarks/target/lib/*" org.openjdk.jmh.Main RemovalBenchmark -f 1}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RemovalBenchmark {
    private static final int EVENTS = 1_000_000;
    private static final int KEPT = 1_000;
    private static final ReadLimits LIMITS = new ReadLimits(256, 1 << 20);

    /** How many topics the removed events have. */
    @Param({"1", "1000000"})
    private int topics;

    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private EventLog log;

    @SuppressWarnings("NullAway.Init")
    private Position quiet;

    /** Says how long it took, and what is on the disk then. */
    @Setup
    @SuppressWarnings("SystemOut")
    public void fill() throws IOException, InterruptedException {
        directory = Files.createTempDirectory("bench-removals-");
        Retention few = new Retention(Duration.ofDays(1), Long.MAX_VALUE, KEPT);
        log = RocksDbEventLog.open(directory, LogSettings.DEFAULT.withRetention(few), Durability.OS);
        quiet = log.append(Publication.of(Notification.of("users/7", "x")))
                .join()
                .first();
        long began = System.nanoTime();
        for (int i = 0; i < EVENTS; i += 1_000) {
            log.append(Publication.of(batch(i))).join();
        }
        while (log.status().keptEvents() > KEPT) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        double micros = (System.nanoTime() - began) / 1e3 / EVENTS;
        log.close();
        log = RocksDbEventLog.open(directory, LogSettings.DEFAULT.withRetention(few), Durability.OS);
        System.out.printf(
                Locale.ROOT,
                "# topics %d: %.2f us to append and remove an event, %d bytes on disk%n",
                topics,
                micros,
                size());
    }

    private Notification[] batch(int from) {
        return IntStream.range(from, from + 1_000)
                .mapToObj(i -> Notification.of("loud/" + i % topics, "x".repeat(64)))
                .toArray(Notification[]::new);
    }

    private long size() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    /** Closes the log and takes it away. */
    @TearDown
    public void clear() throws IOException {
        log.close();
        Peer.delete(directory);
    }

    /** A reader of one quiet topic comes back. */
    @Benchmark
    public Chunk resumeTopic() {
        return resume("users/7");
    }

    /** The same with a pattern. */
    @Benchmark
    public Chunk resumePattern() {
        return resume("users/*");
    }

    private Chunk resume(String pattern) {
        EventFilter filter = new EventFilter(Set.of(TopicPattern.of(pattern)), Set.of(TopicPattern.ALL));
        Chunk chunk = log.read(filter, quiet, LIMITS);
        if (chunk.gap() != null) {
            throw new IllegalStateException("a gap though nothing is missing");
        }
        return chunk;
    }
}
