package dev.belfry.rocksdb;

import static dev.belfry.rocksdb.Logs.LIMITS;
import static dev.belfry.rocksdb.Logs.append;
import static dev.belfry.rocksdb.Logs.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.BelfryException.LogStorage;
import dev.belfry.Data;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.Gap;
import dev.belfry.LogSettings;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.Receipt;
import dev.belfry.Retention;
import dev.belfry.Topic;
import dev.belfry.testkit.ManualClock;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** On a small disk of its own, which only root may mount. */
@Timeout(120)
@EnabledOnOs(OS.LINUX)
class FullDiskTest {
    private static final int DISK_MIB = 128;
    private static final int EVENT_BYTES = 100_000;
    private static final Duration AGE = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path disk;

    private final ManualClock clock = new ManualClock();
    private final Random random = new Random(1);
    private final List<Position> acknowledged = new ArrayList<>();
    private boolean mounted;
    private Path directory;

    @BeforeEach
    void mount() throws Exception {
        mounted = run("mount", "-t", "tmpfs", "-o", "size=" + DISK_MIB + "m", "tmpfs", disk.toString());
        assumeThat(mounted).as("may mount").isTrue();
        directory = disk.resolve("log");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(run("umount", disk.toString())).isTrue();
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false; // there is no such command
        }
    }

    @Test
    void whatHasBecomeOldMakesRoom() throws Exception {
        try (RocksDbEventLog log = open(directory, settings(Long.MAX_VALUE))) {
            fillUntilRefused(log);
            Position newest = log.head();
            remainsRefused(log);

            clock.advance(AGE.plusSeconds(1));
            await().atMost(PATIENCE).until(() -> log.status().writable());

            publish(log);
            assertHolds(log);
            assertThat(log.oldest()).isEqualTo(newest.plus(1));
            Gap gap = log.read(EventFilter.ALL, acknowledged.get(0), LIMITS).gap();
            assertThat(gap).isNotNull();
            assertThat(gap.reason()).isEqualTo(Gap.Reason.TRIMMED);
        }
        reopensWithAll(Long.MAX_VALUE);
    }

    @Test
    void publishersWhoDoNotStopGetRoomToo() throws Exception {
        try (RocksDbEventLog log = open(directory, settings(Long.MAX_VALUE))) {
            fillUntilRefused(log);
            clock.advance(AGE.plusSeconds(1));
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> isPublished(log));
            assertHolds(log);
        }
        reopensWithAll(Long.MAX_VALUE);
    }

    /** Retention keeps few bytes, but files of level 0 and the write-ahead log lag behind. */
    @Test
    void whatIsDeadAlreadyMakesRoom() throws Exception {
        long keptBytes = 12L << 20;
        try (RocksDbEventLog log = open(directory, settings(keptBytes))) {
            publishMebibytes(log, 40);
            takeAllBut(3 << 20);
            int refused = 0;
            for (int i = 0; i < 1_000; i++) {
                if (!isPublished(log)) {
                    refused++;
                    await().atMost(PATIENCE)
                            .pollInterval(Duration.ofMillis(50))
                            .until(() -> log.status().writable());
                }
            }
            assertThat(refused).isPositive();
            assertHolds(log);
        }
        reopensWithAll(keptBytes);
    }

    @Test
    void aLogOnAFullDiskStartsInItsReserve() throws Exception {
        try (RocksDbEventLog log = open(directory, settings(Long.MAX_VALUE))) {
            fillUntilRefused(log);
        }
        takeAllBut(0);
        clock.advance(AGE.plusSeconds(1));
        try (RocksDbEventLog log = open(directory, settings(Long.MAX_VALUE))) {
            await().atMost(PATIENCE).until(() -> isPublished(log));
            assertHolds(log);
        }
    }

    @Test
    void whoFreesSpaceHelpsWithoutRetention() throws Exception {
        try (RocksDbEventLog log = open(directory, settings(Long.MAX_VALUE))) {
            fillUntilRefused(log);
            remainsRefused(log);
            Files.delete(disk.resolve("other"));
            await().atMost(PATIENCE).until(() -> log.status().writable());
            publish(log);
            assertHolds(log);
            assertThat(log.oldest().offset()).isEqualTo(1);
        }
    }

    private LogSettings settings(long bytes) {
        return LogSettings.DEFAULT
                .withRetention(new Retention(AGE, bytes, Long.MAX_VALUE))
                .withClock(clock);
    }

    private void fillUntilRefused(EventLog log) throws IOException {
        publishMebibytes(log, 30);
        takeAllBut(3 << 20);
        while (isPublished(log)) {
            // until the disk is full
        }
        assertThat(log.status().outOfSpace()).isTrue();
    }

    private void publishMebibytes(EventLog log, int mebibytes) {
        for (int i = 0; i < mebibytes * 10; i++) {
            publish(log);
        }
        Path reserve = directory.resolve("RESERVE");
        await().until(() -> Files.exists(reserve) && Files.size(reserve) == (DISK_MIB / 4) << 20);
    }

    private void takeAllBut(long bytes) throws IOException {
        byte[] block = new byte[1 << 16];
        try (OutputStream other = Files.newOutputStream(disk.resolve("other"))) {
            while (disk.toFile().getUsableSpace() > bytes + block.length) {
                other.write(block);
            }
        }
    }

    /** For longer than the log takes to be opened for reading only. */
    private void remainsRefused(EventLog log) {
        long end = System.nanoTime() + Duration.ofSeconds(3).toNanos();
        do {
            assertThatThrownBy(() -> publish(log)).isInstanceOf(LogStorage.class);
        } while (System.nanoTime() < end);
        assertHolds(log);
    }

    private boolean isPublished(EventLog log) {
        try {
            publish(log);
            return true;
        } catch (LogStorage e) {
            assertThat(e.outOfSpace()).isTrue();
            return false;
        }
    }

    private void publish(EventLog log) {
        byte[] data = new byte[EVENT_BYTES];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (' ' + random.nextInt(95));
        }
        Notification incompressible =
                new Notification(List.of(new Topic("a")), "e", Data.ofUtf8(data, false), false, null);
        Receipt receipt = append(log, Publication.of(incompressible));
        acknowledged.add(receipt.first());
    }

    private void reopensWithAll(long keptBytes) {
        try (RocksDbEventLog log = open(directory, settings(keptBytes))) {
            assertHolds(log);
        }
    }

    /** All that was answered and is not below the oldest, and nothing else. */
    private void assertHolds(EventLog log) {
        List<Position> found =
                Logs.events(log, EventFilter.ALL).stream().map(Event::position).toList();
        long oldest = log.oldest().offset(); // retention may have got on since the first was read
        assertThat(from(oldest, found)).isEqualTo(from(oldest, acknowledged));
        assertThat(log.head()).isEqualTo(acknowledged.get(acknowledged.size() - 1));
    }

    private static List<Position> from(long oldest, List<Position> positions) {
        return positions.stream()
                .filter(position -> position.offset() >= oldest)
                .toList();
    }
}
