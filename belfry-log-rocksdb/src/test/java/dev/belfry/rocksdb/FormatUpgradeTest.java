package dev.belfry.rocksdb;

import static dev.belfry.rocksdb.Logs.LIMITS;
import static dev.belfry.rocksdb.Logs.append;
import static dev.belfry.rocksdb.Logs.filter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.belfry.BelfryException.IdempotencyConflict;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.Gap;
import dev.belfry.IdempotencyKey;
import dev.belfry.LogSettings;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.Receipt;
import dev.belfry.Retention;
import dev.belfry.Topic;
import dev.belfry.testkit.ManualClock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Directories of format 1, written by the last version that wrote it: 50 events, of which retention had removed 10, in two epochs.
 * One of them was closed in order, the other one was copied while it was open.
 */
@Timeout(60)
class FormatUpgradeTest {
    private static final String FIRST = "4ws2x3wu-";
    private static final String SECOND = "7c6co2dn-";
    private static final int OLDEST = 11;
    private static final int HEAD = 50;

    @TempDir
    Path directory;

    private final LogSettings settings = LogSettings.DEFAULT
            .withRetention(new Retention(Duration.ofDays(365), Long.MAX_VALUE, 1_000))
            .withClock(new ManualClock(Instant.parse("2026-01-01T00:01:00Z")));

    private void unpack(String fixture) throws IOException {
        InputStream resource = Objects.requireNonNull(getClass().getResourceAsStream("/" + fixture + ".zip"));
        try (ZipInputStream zip = new ZipInputStream(resource)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Files.write(directory.resolve(entry.getName()), zip.readAllBytes());
            }
        }
    }

    private RocksDbEventLog open() {
        return Logs.open(directory, settings);
    }

    private static Position at(int offset) {
        return Position.parse((offset < 35 ? FIRST : SECOND) + offset);
    }

    @ParameterizedTest
    @ValueSource(strings = {"format-1-closed", "format-1-killed"})
    void aDirectoryOfFormat1IsUpgradedAndNothingOfItIsLost(String fixture) throws IOException {
        unpack(fixture);
        assertThat(directory.resolve("FORMAT")).hasContent("belfry-log 1");

        try (RocksDbEventLog log = open()) {
            assertThat(directory.resolve("FORMAT")).hasContent("belfry-log 2");
            assertThat(directory.resolve("CLEAN")).doesNotExist();
            assertHoldsAll(log);
            Notification named = Notification.of("new", "named").withAlias("x");
            Position first = append(log, named).first();
            assertThat(log.positionOf("x")).contains(first);
        }
        try (RocksDbEventLog log = open()) {
            assertThat(log.positionOf("x")).isPresent();
            assertHoldsAll(log);
        }
    }

    private static void assertHoldsAll(RocksDbEventLog log) {
        List<Event> events = Logs.events(log, EventFilter.ALL).stream()
                .filter(event -> event.position().offset() <= HEAD)
                .toList();
        assertThat(events).extracting(event -> event.data().toString()).isEqualTo(texts());
        int first = HEAD + 1 - events.size();
        for (int offset = first; offset <= HEAD; offset++) {
            assertThat(events.get(offset - first).position()).isEqualTo(at(offset));
            assertThat(events.get(offset - first).time())
                    .isEqualTo(
                            Instant.parse("2026-01-01T00:00:00Z").plusSeconds(offset < 33 ? offset - 1 : offset - 2));
        }
        assertParts(events);
        assertCursors(log);
        assertKeys(log);
        assertThat(Logs.events(log, filter("orders/*")))
                .extracting(event -> event.data().toString())
                .containsExactly(
                        "keyed 0", "keyed 1", "both \uD83D\uDD14", "{\"a\": 1}", "brief", "long", "keyed again");
    }

    private static List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (int i = 9; i < 30; i++) {
            texts.add("loud " + i);
        }
        texts.addAll(List.of("keyed 0", "keyed 1", "public", "both \uD83D\uDD14", "{\"a\": 1}", "brief", "long"));
        texts.add("keyed again");
        for (int i = 0; i < 10; i++) {
            texts.add("late " + i);
        }
        texts.add("last");
        return texts;
    }

    private static void assertParts(List<Event> events) {
        assertThat(events).extracting(Event::event).containsOnly("kind");
        assertThat(events).extracting(Event::alias).containsOnlyNulls();
        assertThat(events.stream().filter(event -> event.notification().isPublic()))
                .extracting(Event::position)
                .containsExactly(at(34), at(36));
        assertThat(events.stream().filter(event -> event.topics().size() > 1))
                .extracting(Event::topics)
                .containsExactly(List.of(new Topic("orders/1"), new Topic("users/7")));
        assertThat(events.stream().filter(event -> event.expires() != null))
                .extracting(event -> event.notification().ttl())
                .containsExactly(Duration.ofHours(1), Duration.ofDays(400));
        assertThat(events.stream().filter(event -> event.data().isJson()))
                .extracting(Event::position)
                .containsExactly(at(36));
    }

    /** What was trimmed before the upgrade nobody remembers, so it is a gap whatever is read. */
    private static void assertCursors(RocksDbEventLog log) {
        for (int offset = OLDEST - 1; offset <= HEAD; offset++) {
            assertThat(log.read(EventFilter.ALL, at(offset), LIMITS).gap()).isNull();
            assertThat(log.read(filter("loud/0"), at(offset), LIMITS).events())
                    .allSatisfy(event -> assertThat(event.topic().name()).isEqualTo("loud/0"));
        }
        assertThat(log.read(EventFilter.ALL, at(20), LIMITS).events().get(0).position())
                .isEqualTo(at(21));
        assertReason(log, at(5), Gap.Reason.TRIMMED);
        assertReason(log, Position.parse(FIRST + 35), Gap.Reason.BEYOND_END);
        assertReason(log, Position.parse("1z-5"), Gap.Reason.UNKNOWN_EPOCH);
    }

    private static void assertReason(RocksDbEventLog log, Position cursor, Gap.Reason reason) {
        Gap gap = log.read(filter("quiet"), cursor, LIMITS).gap();
        assertThat(gap).isNotNull();
        assertThat(gap.reason()).isEqualTo(reason);
    }

    private static void assertKeys(RocksDbEventLog log) {
        assertThat(append(log, keyed("key", 1))).isEqualTo(new Receipt(List.of(at(32), at(33)), true));
        assertThat(append(log, keyed("key2", 2))).isEqualTo(new Receipt(List.of(at(39)), true));
        assertThatThrownBy(() -> append(log, keyed("key2", 3))).isInstanceOf(IdempotencyConflict.class);
    }

    private static Publication keyed(String key, int body) {
        return new Publication(
                List.of(Notification.of("a", "again")), IdempotencyKey.of(key, new byte[] {(byte) body}));
    }

    @Test
    void whereAnUpgradeIsCutOffTheNextStartGoesOn() throws IOException {
        unpack("format-1-killed");
        try (RocksDbEventLog log = open()) {
            assertThat(log.status().keptEvents()).isLessThanOrEqualTo(HEAD + 1 - OLDEST);
        }
        // the file is the last that is written
        Files.writeString(directory.resolve("FORMAT"), "belfry-log 1\n");
        Files.writeString(directory.resolve("CLEAN"), "head 50\n");

        try (RocksDbEventLog log = open()) {
            assertHoldsAll(log);
        }
        assertThat(directory.resolve("FORMAT")).hasContent("belfry-log 2");
        assertThat(directory.resolve("CLEAN")).doesNotExist();
    }

    @Test
    void whatRetentionRemovesAfterTheUpgradeIsRemembered() throws IOException {
        unpack("format-1-closed");
        LogSettings few = settings.withRetention(new Retention(Duration.ofDays(365), Long.MAX_VALUE, 20));
        try (RocksDbEventLog log = Logs.open(directory, few)) {
            append(log, Notification.of("a", "x"));
            await().until(() -> log.status().keptEvents() == 20);

            assertThat(log.read(filter("news"), at(12), LIMITS).gap()).isNull();
            assertThat(log.read(filter("users/7"), at(12), LIMITS).gap()).isNull();
            assertThat(log.read(filter("loud/*"), at(12), LIMITS).gap()).isNotNull();
            assertThat(log.read(filter("quiet"), at(12), LIMITS).gap()).isNull();
            assertThat(log.read(filter("quiet"), at(9), LIMITS).gap()).isNotNull();
        }
    }
}
