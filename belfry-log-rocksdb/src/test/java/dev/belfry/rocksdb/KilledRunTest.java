package dev.belfry.rocksdb;

import static dev.belfry.rocksdb.Logs.append;
import static dev.belfry.rocksdb.Logs.imageOf;
import static dev.belfry.rocksdb.Logs.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.BelfryException.IdempotencyConflict;
import dev.belfry.IdempotencyKey;
import dev.belfry.LogSettings;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.Receipt;
import dev.belfry.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class KilledRunTest {
    @TempDir
    Path temporary;

    private final ManualClock clock = new ManualClock();
    private final LogSettings settings = LogSettings.DEFAULT.withClock(clock);

    @Test
    void idempotencyKeysAreKnownAfterAKill() throws IOException {
        Receipt receipt;
        Path image = temporary.resolve("image");
        try (RocksDbEventLog log = open(temporary.resolve("log"), settings)) {
            receipt = append(log, keyed((byte) 1));
            imageOf(temporary.resolve("log"), image);
        }

        try (RocksDbEventLog log = open(image, settings)) {
            assertThat(append(log, keyed((byte) 1))).isEqualTo(new Receipt(receipt.first(), 1, true));
            assertThatThrownBy(() -> append(log, keyed((byte) 2))).isInstanceOf(IdempotencyConflict.class);
            clock.advance(settings.idempotencyWindow().plus(Duration.ofMillis(1)));
            assertThat(append(log, keyed((byte) 2))).isEqualTo(new Receipt(new Position(log.epoch(), 2), 1, false));
        }
    }

    @Test
    void aRunThatWroteNothingChangesNoEpochWhenItIsKilled() throws IOException {
        Position head;
        try (RocksDbEventLog log = open(temporary.resolve("log"), settings)) {
            head = append(log, Notification.of("a", "x")).first();
        }
        Path image = temporary.resolve("image");
        try (RocksDbEventLog log = open(temporary.resolve("log"), settings)) {
            imageOf(temporary.resolve("log"), image);
        }

        try (RocksDbEventLog log = open(image, settings)) {
            assertThat(log.epoch()).isEqualTo(head.epoch());
            assertThat(log.head()).isEqualTo(head);
        }
    }

    @Test
    void aRestoredBackupOfAnEarlierStateIsANewEpoch() throws IOException {
        Path directory = temporary.resolve("log");
        Path image = temporary.resolve("image");
        long epoch;
        try (RocksDbEventLog log = open(directory, settings)) {
            append(log, Notification.of("a", "x"));
            epoch = log.epoch();
            imageOf(directory, image);
            append(log, Notification.of("a", "y"));
        }
        Files.copy(directory.resolve("CLEAN"), image.resolve("CLEAN"));

        try (RocksDbEventLog log = open(image, settings)) {
            assertThat(log.epoch()).isNotEqualTo(epoch);
        }
    }

    private static Publication keyed(byte body) {
        return new Publication(List.of(Notification.of("a", "keyed")), IdempotencyKey.of("key", new byte[] {body}));
    }
}
