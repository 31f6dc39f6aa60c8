package dev.belfry.rocksdb;

import static dev.belfry.rocksdb.Logs.append;
import static dev.belfry.rocksdb.Logs.open;
import static dev.belfry.rocksdb.Logs.texts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.belfry.BelfryException.LogStorage;
import dev.belfry.IdempotencyKey;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.Receipt;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A process whose files may not grow for a while, which is what a full disk or a broken one looks like to the log. It ends with
 * status 0 when the log behaved. A process of its own, as the limit holds for all files of a process.
 */
final class WriteFailures {
    private final List<String> acknowledged = new ArrayList<>();

    public static void main(String[] arguments) throws Exception {
        new WriteFailures().run(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
    }

    private void run(Path directory, int seconds) throws Exception {
        long epoch;
        try (RocksDbEventLog log = open(directory)) {
            epoch = log.epoch();
            for (int round = 0; round < 2; round++) {
                publish(log, "before " + round);
                limitFiles("0");
                failFor(log, Duration.ofSeconds(seconds));
                assertThat(log.status().writable()).isFalse();
                limitFiles("unlimited");
                // it finds out by itself, for where health says that it is not writable nobody may publish
                await().atMost(Duration.ofSeconds(20)).until(() -> log.status().writable());
                await().atMost(Duration.ofSeconds(20)).until(() -> publishes(log, "back again"));
                acknowledged.add("back again");
                assertHolds(log, epoch);
                assertThat(append(log, keyed()).repeated()).isEqualTo(round > 0);
                if (round == 0) {
                    acknowledged.add("keyed");
                }
            }
        }
        try (RocksDbEventLog log = open(directory)) {
            assertHolds(log, epoch);
        }
    }

    private void failFor(RocksDbEventLog log, Duration duration) {
        boolean isNewKey = acknowledged.size() < 2;
        long end = System.nanoTime() + duration.toNanos();
        do {
            assertThatThrownBy(() -> append(log, Notification.of("numbers", "refused")))
                    .isInstanceOf(LogStorage.class);
            if (isNewKey) {
                assertThatThrownBy(() -> append(log, keyed())).isInstanceOf(LogStorage.class);
            }
            assertHolds(log, log.epoch());
        } while (System.nanoTime() < end);
    }

    private static boolean publishes(RocksDbEventLog log, String text) {
        try {
            append(log, Notification.of("numbers", text));
            return true;
        } catch (LogStorage e) {
            return false;
        }
    }

    private void publish(RocksDbEventLog log, String text) {
        Receipt receipt = append(log, Notification.of("numbers", text));
        acknowledged.add(text);
        assertThat(receipt.first().offset()).isEqualTo(acknowledged.size());
    }

    private static Publication keyed() {
        return new Publication(
                List.of(Notification.of("numbers", "keyed")), IdempotencyKey.of("key", "keyed".getBytes(UTF_8)));
    }

    private void assertHolds(RocksDbEventLog log, long epoch) {
        assertThat(log.head()).isEqualTo(new Position(epoch, acknowledged.size()));
        assertThat(texts(log)).isEqualTo(acknowledged);
    }

    private static void limitFiles(String bytes) throws IOException, InterruptedException {
        String pid = Long.toString(ProcessHandle.current().pid());
        Process prlimit = new ProcessBuilder("prlimit", "--pid", pid, "--fsize=" + bytes + ":unlimited")
                .inheritIO()
                .start();
        assertThat(prlimit.waitFor()).isZero();
    }
}
