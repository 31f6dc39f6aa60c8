package dev.belfry.rocksdb;

import static dev.belfry.rocksdb.Logs.append;
import static dev.belfry.rocksdb.Logs.filesIn;
import static dev.belfry.rocksdb.Logs.filter;
import static dev.belfry.rocksdb.Logs.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.Data;
import dev.belfry.EventFilter;
import dev.belfry.IdempotencyKey;
import dev.belfry.LogSettings;
import dev.belfry.Notification;
import dev.belfry.Publication;
import dev.belfry.Retention;
import dev.belfry.Topic;
import dev.belfry.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

@Timeout(60)
class RetentionTest {
    private static final Duration AGE = Duration.ofDays(1);

    @TempDir
    Path directory;

    private final ManualClock clock = new ManualClock();

    private LogSettings settings(long bytes, long events) {
        return LogSettings.DEFAULT
                .withRetention(new Retention(AGE, bytes, events))
                .withClock(clock);
    }

    @Test
    void theDiskGivesBackWhatTheBytesOfTheLogDoNotAllow() throws IOException {
        long kept = 24L << 20;
        try (RocksDbEventLog log = open(directory, settings(kept, Long.MAX_VALUE))) {
            Random random = new Random(1);
            for (int i = 0; i < 1_600; i++) {
                append(log, incompressible(random, 100_000));
            }
            await().until(() -> log.head().offset() - log.oldest().offset() < kept / 100_000);
            assertThat(Logs.events(log, EventFilter.ALL))
                    .hasSize((int) (log.head().offset() - log.oldest().offset() + 1));
        }
        long onDisk = 0;
        for (Path file : filesIn(directory)) {
            onDisk += Files.size(file);
        }
        // 160 MB were written; besides what is kept there are a few files that are below the oldest in part
        assertThat(onDisk).isLessThan(110L << 20);
    }

    private static Notification incompressible(Random random, int size) {
        byte[] data = new byte[size];
        for (int i = 0; i < size; i++) {
            data[i] = (byte) (' ' + random.nextInt(95));
        }
        return new Notification(List.of(new Topic("a")), "e", Data.ofUtf8(data, false), false, null);
    }

    @Test
    void nothingIsLeftInTheIndexesOfWhatHasGone() throws Exception {
        try (RocksDbEventLog log = open(directory, settings(Long.MAX_VALUE, 10))) {
            for (int i = 0; i < 50; i++) {
                append(log, mortal("topic/" + i, Duration.ofHours(i + 1)));
                append(log, keyed("key" + i));
            }
            await().until(() -> log.oldest().offset() == 91);
            assertThat(Logs.events(log, filter("topic/49"))).hasSize(1);
            assertThat(Logs.events(log, filter("topic/1"))).isEmpty();
            clock.advance(AGE);
            await().until(() -> log.oldest().offset() == 101);
        }
        assertThat(sizes()).containsExactly(0, 0, 0);
    }

    @Test
    void whatIsOverGoesThoughTheLogWasClosedMeanwhile() throws Exception {
        try (RocksDbEventLog log = open(directory, settings(Long.MAX_VALUE, Long.MAX_VALUE))) {
            append(log, mortal("short", Duration.ofMinutes(1)));
            append(log, mortal("long", Duration.ofHours(30)));
            append(log, keyed("key"));
        }
        clock.advance(Duration.ofMinutes(2));
        try (RocksDbEventLog log = open(directory, settings(Long.MAX_VALUE, Long.MAX_VALUE))) {
            assertThat(Logs.events(log, EventFilter.ALL)).hasSize(2);
            assertThat(append(log, keyed("key")).repeated()).isTrue();
            append(log, Notification.of("a", "so that the writer thread has trimmed once"));
        }
        assertThat(sizes()).containsExactly(3, 2, 1);
        clock.advance(AGE);
        try (RocksDbEventLog log = open(directory, settings(Long.MAX_VALUE, Long.MAX_VALUE))) {
            await().until(() -> log.oldest().offset() == 5);
        }
        assertThat(sizes()).containsExactly(0, 0, 0);
    }

    /** How much is in the indexes of topics and expiry, and under idempotency keys. */
    private List<Integer> sizes() throws RocksDBException {
        try (Database database = Database.open(directory)) {
            return List.of(
                    size(database, database.topics()),
                    size(database, database.expiry()),
                    size(database, database.idempotency()));
        }
    }

    private static int size(Database database, ColumnFamilyHandle family) {
        int size = 0;
        try (RocksIterator all = database.rocks().newIterator(family)) {
            for (all.seekToFirst(); all.isValid(); all.next()) {
                size++;
            }
        }
        return size;
    }

    private static Notification mortal(String topic, Duration ttl) {
        return new Notification(List.of(new Topic(topic)), "e", Data.text("x"), false, ttl);
    }

    private static Publication keyed(String key) {
        return new Publication(List.of(Notification.of("a", "keyed")), IdempotencyKey.of(key, new byte[1]));
    }
}
