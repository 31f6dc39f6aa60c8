package dev.belfry.rocksdb;

import static dev.belfry.rocksdb.Logs.append;
import static dev.belfry.rocksdb.Logs.filesIn;
import static dev.belfry.rocksdb.Logs.filter;
import static dev.belfry.rocksdb.Logs.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.Chunk;
import dev.belfry.Data;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.IdempotencyKey;
import dev.belfry.LogSettings;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.RemovalLimits;
import dev.belfry.Retention;
import dev.belfry.Topic;
import dev.belfry.testkit.ManualClock;
import dev.belfry.testkit.MeddlingClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
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
            onDisk += file.endsWith("RESERVE") ? 0 : Files.size(file);
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
                append(log, mortal("topic/" + i, Duration.ofHours(i + 1)).withAlias("alias " + i));
                append(log, keyed("key" + i));
            }
            await().until(() -> log.oldest().offset() == 91);
            assertThat(Logs.events(log, filter("topic/49"))).hasSize(1);
            assertThat(Logs.events(log, filter("topic/1"))).isEmpty();
            clock.advance(AGE);
            await().until(() -> log.oldest().offset() == 101);
        }
        assertThat(sizes()).containsExactly(0, 0, 0, 0);
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
        assertThat(sizes()).containsExactly(3, 2, 1, 0);
        clock.advance(AGE);
        try (RocksDbEventLog log = open(directory, settings(Long.MAX_VALUE, Long.MAX_VALUE))) {
            await().until(() -> log.oldest().offset() == 5);
        }
        assertThat(sizes()).containsExactly(0, 0, 0, 0);
    }

    /** Nothing that was replaced or forgotten is left behind. */
    @Test
    void whatIsRememberedOfTrimmedTopicsHasABound() throws Exception {
        int topics = 300;
        LogSettings few = settings(Long.MAX_VALUE, 10).withRemovals(new RemovalLimits(topics, Duration.ofDays(180)));
        try (RocksDbEventLog log = open(directory, few)) {
            Random random = new Random(3);
            for (int i = 0; i < 60; i++) {
                append(
                        log,
                        IntStream.range(0, 100)
                                .mapToObj(n -> Notification.of("topic/" + random.nextInt(2_000), "x"))
                                .toArray(Notification[]::new));
            }
            await().until(() -> log.status().keptEvents() == 10);
            append(log, Notification.of("a", "so that what was too much is forgotten"));
            await().until(() -> log.status().keptEvents() == 10);
        }
        try (Database database = Database.open(directory)) {
            int remembered = size(database, database.trimmed());
            // a slice adds before it forgets
            assertThat(remembered).isBetween(topics, topics + 1);
            assertThat(size(database, database.trimmedOrder())).isEqualTo(remembered);
            byte[] removals = database.rocks().get(database.meta(), Keys.REMOVED);
            assertThat(MetaCodec.removals(removals, 1).topics()).isEqualTo(remembered);
        }
    }

    /** The log looks at the clock in the middle of a read. */
    @Test
    void whatIsTrimmedInTheMiddleOfAReadIsReadAllTheSame() {
        MeddlingClock meddling = new MeddlingClock(clock);
        try (RocksDbEventLog log = open(directory, settings(Long.MAX_VALUE, 5).withClock(meddling))) {
            List<Position> all = new ArrayList<>(append(log, numbered(0, 5)).positions());
            meddling.onNextLook(() -> {
                all.addAll(append(log, numbered(5, 13)).positions());
                await().until(() -> log.status().keptEvents() == 5);
            });

            Chunk chunk = log.read(filter("numbers"), all.get(0).before(), Logs.LIMITS);

            assertThat(chunk.gap()).isNull();
            assertThat(chunk.events()).extracting(Event::position).isEqualTo(all.subList(0, 5));
            Chunk rest = log.read(filter("numbers"), chunk.next(), Logs.LIMITS);
            assertThat(rest.gap()).isNotNull();
            assertThat(rest.events()).extracting(Event::position).isEqualTo(all.subList(8, 13));
        }
    }

    private static Notification[] numbered(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> Notification.of("numbers", "" + i))
                .toArray(Notification[]::new);
    }

    /** How much is in the indexes of topics and expiry, under idempotency keys, and in the index of aliases. */
    private List<Integer> sizes() throws RocksDBException {
        try (Database database = Database.open(directory)) {
            return List.of(
                    size(database, database.topics()),
                    size(database, database.expiry()),
                    size(database, database.idempotency()),
                    size(database, database.aliases()));
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
