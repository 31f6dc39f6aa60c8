package dev.belfry.bench;

import dev.belfry.Chunk;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.LogSettings;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.ReadLimits;
import dev.belfry.Receipt;
import dev.belfry.TopicPattern;
import dev.belfry.rocksdb.Durability;
import dev.belfry.rocksdb.RocksDbEventLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/** The embedded log by itself, on the disk of the temporary directory. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class LogBenchmark {
    private static final int EVENTS = 100_000;
    private static final EventFilter FEW = new EventFilter(Set.of(TopicPattern.of("few/a")), Set.of(TopicPattern.ALL));
    private static final Notification NOTIFICATION = Notification.of("many/a", "x".repeat(256));

    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private EventLog log;

    @SuppressWarnings("NullAway.Init")
    private Position beforeAll;

    /** 100,000 events of one topic, and 100 of another spread among them. */
    @Setup
    public void fill() throws IOException {
        directory = Files.createTempDirectory("bench-log-");
        log = RocksDbEventLog.open(directory, LogSettings.DEFAULT, Durability.FSYNC);
        beforeAll = log.head();
        for (int i = 0; i < EVENTS / 1000; i++) {
            Notification[] batch = new Notification[1000];
            Arrays.fill(batch, NOTIFICATION);
            batch[500] = Notification.of("few/a", "x");
            log.append(Publication.of(batch)).join();
        }
    }

    /** Closes the log and takes it away. */
    @TearDown
    public void clear() throws IOException {
        log.close();
        Peer.delete(directory);
    }

    /** One synced publication, with nobody beside. */
    @Benchmark
    public Receipt append() {
        return log.append(Publication.of(NOTIFICATION)).join();
    }

    /** One synced publication of 64 that are under way: they share syncs. */
    @Benchmark
    @Threads(64)
    public Receipt appendOf64() {
        return append();
    }

    /** 256 events in a row, of all topics. */
    @Benchmark
    public Chunk readChunk() {
        return log.read(EventFilter.ALL, beforeAll, new ReadLimits(256, 1 << 20));
    }

    /** All of a topic with 100 events among 100,000 others. */
    @Benchmark
    public Chunk readTopic() {
        return log.read(FEW, beforeAll, new ReadLimits(256, 1 << 20));
    }
}
