package dev.belfry.rocksdb;

import static dev.belfry.rocksdb.Logs.append;
import static dev.belfry.rocksdb.Logs.imageOf;
import static dev.belfry.rocksdb.Logs.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.BelfryException.IdempotencyConflict;
import dev.belfry.EventFilter;
import dev.belfry.Gap;
import dev.belfry.IdempotencyKey;
import dev.belfry.LogSettings;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.Receipt;
import dev.belfry.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
            assertThat(append(log, keyed((byte) 1))).isEqualTo(new Receipt(receipt.positions(), true));
            assertThatThrownBy(() -> append(log, keyed((byte) 2))).isInstanceOf(IdempotencyConflict.class);
            clock.advance(settings.idempotencyWindow().plus(Duration.ofMillis(1)));
            assertThat(append(log, keyed((byte) 2)))
                    .isEqualTo(new Receipt(List.of(new Position(log.epoch(), 2)), false));
        }
    }

    @Test
    void runsThatWroteNothingLeaveEveryCursorAsGoodAsItWas() throws IOException {
        Position head;
        try (RocksDbEventLog log = open(temporary.resolve("log"), settings)) {
            head = append(log, Notification.of("a", "x")).first();
        }
        Path image = temporary.resolve("image");
        try (RocksDbEventLog log = open(temporary.resolve("log"), settings)) {
            imageOf(temporary.resolve("log"), image);
        }

        for (int run = 0; run < 3; run++) {
            try (RocksDbEventLog log = open(image, settings)) {
                assertThat(log.head()).isEqualTo(head);
                assertThat(log.read(EventFilter.ALL, head, Logs.LIMITS).gap()).isNull();
                assertThat(log.read(EventFilter.ALL, head.before(), Logs.LIMITS).events())
                        .hasSize(1);
            }
        }
    }

    /** Of a directory that was closed in order, too: nothing in it tells the copy from what it was copied from. */
    @Test
    void aCopyAndItsOriginalNeverGiveOneIdToTwoEvents() throws IOException {
        Path directory = temporary.resolve("log");
        Position common;
        try (RocksDbEventLog log = open(directory, settings)) {
            common = append(log, Notification.of("a", "common")).first();
        }
        Path copy = Logs.copyOf(directory, temporary.resolve("copy"));
        Map<Position, String> seen = new HashMap<>();
        for (int run = 0; run < 3; run++) {
            for (Path each : List.of(directory, copy)) {
                try (RocksDbEventLog log = open(each, settings)) {
                    String text = each.getFileName() + " " + run;
                    for (Position position : append(log, Notification.of("a", text), Notification.of("b", text))
                            .positions()) {
                        assertThat(seen.put(position, text)).isNull();
                    }
                    assertThat(log.read(EventFilter.ALL, common, Logs.LIMITS).gap())
                            .isNull();
                }
            }
        }

        try (RocksDbEventLog log = open(copy, settings)) {
            seen.forEach((position, text) -> {
                Gap gap = log.read(EventFilter.ALL, position, Logs.LIMITS).gap();
                assertThat(gap == null).as(text).isEqualTo(text.startsWith("copy"));
            });
        }
    }

    private static Publication keyed(byte body) {
        return new Publication(List.of(Notification.of("a", "keyed")), IdempotencyKey.of("key", new byte[] {body}));
    }
}
