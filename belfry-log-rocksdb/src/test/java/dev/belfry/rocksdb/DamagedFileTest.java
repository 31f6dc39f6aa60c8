package dev.belfry.rocksdb;

import static dev.belfry.rocksdb.Logs.LIMITS;
import static dev.belfry.rocksdb.Logs.append;
import static dev.belfry.rocksdb.Logs.filesIn;
import static dev.belfry.rocksdb.Logs.filter;
import static dev.belfry.rocksdb.Logs.open;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.Chunk;
import dev.belfry.Data;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.Gap;
import dev.belfry.IdempotencyKey;
import dev.belfry.LogSettings;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.Retention;
import dev.belfry.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.RocksDBException;

/**
 * One bit of a file is another, as a bad sector or bad memory leaves it. Whichever it is: publishing works, and each event that was
 * acknowledged is read, or covered by a gap that says so.
 */
@Timeout(120)
class DamagedFileTest {
    private static final int RUNS = 5;
    private static final int EACH = 400;
    private static final int EVENTS = RUNS * EACH;
    private static final int SEEDS = 40;

    /** Several files of level 0, which are compacted as soon as the log is opened. */
    @TempDir
    static Path level0;

    /** One file in the deepest level. */
    @TempDir
    static Path compacted;

    @TempDir
    Path temporary;

    private Path directory;

    @BeforeAll
    static void fill() throws RocksDBException, IOException {
        Random random = new Random(1);
        for (int run = 0; run < RUNS; run++) {
            try (RocksDbEventLog log = open(level0)) {
                for (int batch = 0; batch < EACH; batch += 100) {
                    List<Notification> some = new ArrayList<>();
                    for (int i = 0; i < 100; i++) {
                        some.add(notification(random, log.head().offset() + 1 + i));
                    }
                    append(log, new Publication(some, IdempotencyKey.of("key" + run + "." + batch, new byte[1])));
                }
            }
        }
        Path copy = Logs.copyOf(level0, compacted);
        open(copy).close(); // flushes the last run
        try (Database database = Database.open(copy)) {
            for (Database.Generation generation : database.generations()) {
                database.rocks().compactRange(generation.family());
            }
            database.rocks().compactRange(database.topics());
        }
    }

    private static Notification notification(Random random, long offset) {
        byte[] data = new byte[200];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (' ' + random.nextInt(95));
        }
        Duration ttl = offset % 50 == 0 ? Duration.ofDays(1) : null;
        String alias = offset % 20 == 0 ? "alias" + offset : null;
        Topic topic = new Topic(topicOf(offset));
        return new Notification(List.of(topic), "e", Data.ofUtf8(data, false), false, ttl, alias);
    }

    private static String topicOf(long offset) {
        return offset % 7 == 0 ? "seven" : "others/" + offset % 10;
    }

    static IntStream seeds() {
        return IntStream.range(0, SEEDS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whateverBitIsFlippedNothingIsLostSilentlyAndPublishingWorks(int seed) throws IOException {
        Random random = new Random(seed);
        directory = Logs.copyOf(seed % 2 == 0 ? level0 : compacted, temporary.resolve("log"));
        flip(anyTable(random), random);
        publishAndReadAll(1);
        publishAndReadAll(2);
        retentionRemovesIt();
    }

    @Test
    void severalDamagedFilesAreOutlivedToo() throws IOException {
        Random random = new Random(7);
        directory = Logs.copyOf(level0, temporary.resolve("log"));
        for (int i = 0; i < 6; i++) {
            flip(anyTable(random), random);
        }
        publishAndReadAll(1);
        publishAndReadAll(2);
        retentionRemovesIt();
    }

    @Test
    void aDamagedBlockOfEventsIsOneGapAndTheRestIsRead() throws Exception {
        directory = Logs.copyOf(compacted, temporary.resolve("log"));
        Path table = tableOf("events");
        flip(table, Files.size(table) / 2);
        try (RocksDbEventLog log = open(directory)) {
            List<Gap> gaps = new ArrayList<>();
            Set<Long> covered = new HashSet<>();
            read(log, EventFilter.ALL, Position.EARLIEST, covered, gaps);

            assertThat(gaps).hasSize(1);
            Gap gap = gaps.get(0);
            assertThat(gap.reason()).isEqualTo(Gap.Reason.DAMAGED);
            assertThat(gap.reason().code()).isEqualTo("damaged");
            long lost = log.status().damagedEvents();
            assertThat(lost).isBetween(10L, 300L);
            assertThat(covered).hasSize(EVENTS);
            // whoever keeps the id of the gap goes on behind it
            assertThat(log.read(EventFilter.ALL, gap.oldest().before(), LIMITS).gap())
                    .isNull();
            assertThat(log.status().writable()).isTrue();
        }
    }

    @Test
    void aReaderOfATopicIsToldOfItsOwnLostEventsOnly() throws Exception {
        directory = Logs.copyOf(compacted, temporary.resolve("log"));
        Path table = tableOf("events");
        flip(table, Files.size(table) / 2);
        try (RocksDbEventLog log = open(directory)) {
            append(log, Notification.of("quiet", "x"));
            List<Gap> gaps = new ArrayList<>();
            Set<Long> covered = new HashSet<>();
            read(log, filter("quiet"), Position.EARLIEST, covered, gaps);
            assertThat(gaps).isEmpty();

            read(log, filter("seven"), Position.EARLIEST, covered, gaps);
            assertThat(gaps).isNotEmpty();
        }
    }

    private void publishAndReadAll(int time) {
        try (RocksDbEventLog log = open(directory)) {
            long before = log.head().offset();
            Set<Long> acknowledged = new HashSet<>();
            LongStream.rangeClosed(1, EVENTS).forEach(acknowledged::add);
            for (int i = 0; i < 30; i++) {
                acknowledged.add(append(log, Notification.of("new", time + "." + i))
                        .first()
                        .offset());
            }
            assertThat(log.head().offset()).isEqualTo(before + 30);
            Set<Long> covered = new HashSet<>();
            read(log, EventFilter.ALL, Position.EARLIEST, covered, new ArrayList<>());
            assertThat(covered).containsAll(acknowledged);

            Set<Long> ofTopic = new HashSet<>();
            read(log, filter("seven"), Position.EARLIEST, ofTopic, new ArrayList<>());
            assertThat(ofTopic)
                    .containsAll(acknowledged.stream()
                            .filter(offset -> offset <= EVENTS && offset % 7 == 0)
                            .toList());
            assertThat(log.positionOf("alias40").map(Position::offset)).isIn(Optional.empty(), Optional.of(40L));
            assertThat(log.positionAt(log.clock().instant())).isEqualTo(log.head());
            append(
                    log,
                    new Publication(
                            List.of(Notification.of("keyed", "x")),
                            IdempotencyKey.of("again" + time, "x".getBytes(UTF_8))));
            assertThat(log.status().writable()).isTrue();
        }
    }

    private void retentionRemovesIt() {
        Retention few = new Retention(Duration.ofDays(1), Long.MAX_VALUE, 5);
        try (RocksDbEventLog log = open(directory, LogSettings.DEFAULT.withRetention(few))) {
            await().until(() -> log.oldest().offset() == log.head().offset() - 4);
            assertThat(log.status().damagedEvents()).isZero();
            List<Gap> gaps = new ArrayList<>();
            read(log, EventFilter.ALL, Position.EARLIEST, new HashSet<>(), gaps);
            assertThat(gaps).isEmpty();
            append(log, Notification.of("new", "last"));
        }
    }

    /** Follows the log to its head, and notes what was read or said to be lost. */
    private static void read(EventLog log, EventFilter filter, Position from, Set<Long> covered, List<Gap> gaps) {
        Position position = from;
        for (int reads = 0; ; reads++) {
            assertThat(reads).as("reads").isLessThan(EVENTS);
            Chunk chunk = log.read(filter, position, LIMITS);
            Gap gap = chunk.gap();
            if (gap != null) {
                gaps.add(gap);
                LongStream.range(gap.requested().offset() + 1, gap.oldest().offset())
                        .forEach(covered::add);
                assertThat(chunk.events())
                        .allMatch(event ->
                                event.position().offset() >= gap.oldest().offset());
            }
            for (Event event : chunk.events()) {
                covered.add(event.position().offset());
            }
            if (chunk.headReached()) {
                return;
            }
            assertThat(chunk.next().offset()).isGreaterThan(position.offset());
            position = chunk.next();
        }
    }

    private Path anyTable(Random random) throws IOException {
        List<Path> tables = filesIn(directory).stream()
                .filter(file -> file.toString().endsWith(".sst"))
                .toList();
        return tables.get(random.nextInt(tables.size()));
    }

    private Path tableOf(String family) throws RocksDBException {
        try (Database database = Database.openReadOnly(directory)) {
            return database.rocks().getLiveFilesMetaData().stream()
                    .filter(file -> new String(file.columnFamilyName(), UTF_8).equals(family))
                    .map(LiveFileMetaData::fileName)
                    .map(name -> directory.resolve(name.substring(1)))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void flip(Path table, Random random) throws IOException {
        flip(table, random.nextLong(Files.size(table)));
    }

    private static void flip(Path table, long at) throws IOException {
        byte[] bytes = Files.readAllBytes(table);
        bytes[(int) at] ^= 0x10;
        Files.write(table, bytes);
    }
}
