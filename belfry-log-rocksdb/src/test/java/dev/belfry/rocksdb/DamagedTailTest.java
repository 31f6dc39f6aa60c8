package dev.belfry.rocksdb;

import static dev.belfry.rocksdb.Logs.LIMITS;
import static dev.belfry.rocksdb.Logs.append;
import static dev.belfry.rocksdb.Logs.appendNumbers;
import static dev.belfry.rocksdb.Logs.imageOf;
import static dev.belfry.rocksdb.Logs.open;
import static dev.belfry.rocksdb.Logs.texts;
import static dev.belfry.rocksdb.Logs.walOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.Chunk;
import dev.belfry.EventFilter;
import dev.belfry.Gap;
import dev.belfry.Notification;
import dev.belfry.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DamagedTailTest {
    private static final int EARLIER = 20;
    private static final int EVENTS = 100;

    @TempDir
    Path temporary;

    private Path image;
    private Position newest;

    /** A log that closed in order once, and was killed after it had written more. */
    @BeforeEach
    void killALog() throws IOException {
        Path directory = temporary.resolve("log");
        try (RocksDbEventLog log = open(directory)) {
            appendNumbers(log, 0, EARLIER);
        }
        try (RocksDbEventLog log = open(directory)) {
            appendNumbers(log, EARLIER, EVENTS);
            newest = log.head();
            image = imageOf(directory, temporary.resolve("image"));
        }
    }

    @Test
    void anUndamagedTailIsAllThere() {
        try (RocksDbEventLog log = open(image)) {
            assertThat(log.head()).isEqualTo(newest);
            assertThat(log.epoch()).isNotEqualTo(newest.epoch());
            assertThat(texts(log)).isEqualTo(numbers(EVENTS));
            assertThat(log.read(EventFilter.ALL, newest, LIMITS).gap()).isNull();
            Position next = append(log, Notification.of("a", "next")).first();
            assertThat(next).isEqualTo(new Position(log.epoch(), EVENTS + 1));
            assertThat(log.read(EventFilter.ALL, newest, LIMITS).events()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 0.33, 0.5, 0.77, 0.99})
    void aTruncatedTailLeavesTheIntactPrefix(double part) throws IOException {
        Path wal = walOf(image);
        byte[] bytes = Files.readAllBytes(wal);
        Files.write(wal, Arrays.copyOf(bytes, (int) (bytes.length * part)));

        assertStartsWithThePrefix();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 0.33, 0.5, 0.77, 0.99})
    void aDamagedTailLeavesTheIntactPrefix(double part) throws IOException {
        Path wal = walOf(image);
        byte[] bytes = Files.readAllBytes(wal);
        bytes[(int) (bytes.length * part)] ^= 0x55;
        Files.write(wal, bytes);

        assertStartsWithThePrefix();
    }

    @Test
    void aMissingTailLeavesTheIntactPrefix() throws IOException {
        Files.delete(walOf(image));

        assertStartsWithThePrefix();
    }

    private void assertStartsWithThePrefix() {
        try (RocksDbEventLog log = open(image)) {
            int kept = (int) log.head().offset();
            assertThat(kept).isBetween(EARLIER, EVENTS - 1);
            assertThat(texts(log)).isEqualTo(numbers(kept));
            assertBeyondTheEnd(log, kept);
            appendNumbers(log, 1_000, 1_000 + EVENTS);
            assertBeyondTheEnd(log, kept);
        }
        try (RocksDbEventLog log = open(image)) {
            assertThat(texts(log)).hasSizeGreaterThan(EVENTS);
            assertThat(log.read(EventFilter.ALL, newest, LIMITS).gap()).isNotNull();
        }
    }

    private void assertBeyondTheEnd(RocksDbEventLog log, int kept) {
        Chunk chunk = log.read(EventFilter.ALL, newest, LIMITS);
        assertThat(chunk.gap()).isNotNull();
        assertThat(chunk.events()).hasSize((int) log.head().offset());
        if (kept == EARLIER) {
            // the epoch itself may be among what was lost
            assertThat(chunk.gap().reason()).isIn(Gap.Reason.BEYOND_END, Gap.Reason.UNKNOWN_EPOCH);
        } else {
            assertThat(chunk.gap().reason()).isEqualTo(Gap.Reason.BEYOND_END);
            Position last = new Position(newest.epoch(), kept);
            assertThat(log.read(EventFilter.ALL, last, LIMITS).gap()).isNull();
        }
    }

    @Test
    void aLostDirectoryIsANewEpoch() {
        try (RocksDbEventLog log = open(temporary.resolve("another"))) {
            appendNumbers(log, 0, 2 * EVENTS);
            Chunk chunk = log.read(EventFilter.ALL, newest, LIMITS);
            assertThat(chunk.gap()).isNotNull();
            assertThat(chunk.gap().reason()).isEqualTo(Gap.Reason.UNKNOWN_EPOCH);
        }
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }
}
