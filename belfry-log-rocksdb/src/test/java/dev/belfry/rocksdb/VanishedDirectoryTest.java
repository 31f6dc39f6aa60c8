package dev.belfry.rocksdb;

import static dev.belfry.rocksdb.Logs.append;
import static dev.belfry.rocksdb.Logs.filesIn;
import static dev.belfry.rocksdb.Logs.open;
import static dev.belfry.rocksdb.Logs.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.belfry.BelfryException.LogStorage;
import dev.belfry.BelfryException.LogUnusable;
import dev.belfry.EventLog;
import dev.belfry.Notification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody deletes or moves the data directory under a running log. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class VanishedDirectoryTest {
    @TempDir
    Path temporary;

    private Path directory;
    private final List<String> acknowledged = new ArrayList<>();

    @BeforeEach
    void name() {
        directory = temporary.resolve("log");
    }

    @Test
    void nothingIsAcknowledgedInADeletedDirectoryAndNoneIsMade() throws IOException {
        try (RocksDbEventLog log = open(directory)) {
            publish(log, 20);
            delete(directory);

            assertRefuses(log);
            await().until(() -> !log.status().writable());
            assertThat(texts(log)).isEqualTo(acknowledged);
            assertThat(directory).doesNotExist();
        }
        assertThat(directory).doesNotExist();
        try (RocksDbEventLog log = open(directory)) {
            append(log, Notification.of("a", "another log"));
            assertThat(texts(log)).containsExactly("another log");
        }
    }

    @Test
    void anotherDirectoryInItsPlaceIsLeftAlone() throws IOException {
        try (RocksDbEventLog log = open(directory)) {
            publish(log, 20);
            delete(directory);
            Files.createDirectory(directory);

            assertRefuses(log);
            assertThat(filesIn(directory)).isEmpty();
        }
        assertThat(filesIn(directory)).isEmpty();
    }

    @Test
    void aDirectoryThatComesBackIsGoneOnWith() throws IOException {
        Path away = temporary.resolve("away");
        try (RocksDbEventLog log = open(directory)) {
            long epoch = log.epoch();
            publish(log, 20);
            Files.move(directory, away);
            assertRefuses(log);
            Files.move(away, directory);

            await().atMost(Duration.ofSeconds(10)).until(() -> log.status().writable());
            publish(log, 20);
            assertThat(log.epoch()).isEqualTo(epoch);
            assertThat(texts(log)).isEqualTo(acknowledged);
        }
        try (RocksDbEventLog log = open(directory)) {
            assertThat(texts(log)).isEqualTo(acknowledged);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"FORMAT", "LOCK", "CURRENT"})
    void aMissingFileIsFoundOutSoonThoughNobodyPublishes(String name) throws IOException {
        try (RocksDbEventLog log = open(directory)) {
            publish(log, 20);
            Path elsewhere = temporary.resolve(name);
            Files.move(directory.resolve(name), elsewhere);
            await().atMost(Duration.ofSeconds(3)).until(() -> isRefused(log));
            Files.move(elsewhere, directory.resolve(name));

            await().atMost(Duration.ofSeconds(10)).until(() -> log.status().writable());
        }
    }

    @Test
    void noDatabaseIsMadeOverWhatIsLeftOfOne() throws IOException {
        try (RocksDbEventLog log = open(directory)) {
            publish(log, 20);
        }
        open(directory).close();
        Files.delete(directory.resolve("CURRENT"));

        assertThatThrownBy(() -> open(directory))
                .isInstanceOf(LogUnusable.class)
                .hasMessageContaining("CURRENT");
    }

    private void publish(EventLog log, int count) {
        for (int i = 0; i < count; i++) {
            String text = "number " + acknowledged.size();
            append(log, Notification.of("a", text));
            acknowledged.add(text);
        }
    }

    private static void assertRefuses(EventLog log) {
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> append(log, Notification.of("a", "refused")))
                    .isInstanceOf(LogStorage.class);
        }
    }

    private static boolean isRefused(EventLog log) {
        try {
            append(log, Notification.of("a", "perhaps"));
            return false;
        } catch (LogStorage e) {
            return true;
        }
    }

    private static void delete(Path directory) throws IOException {
        for (Path file : filesIn(directory)) {
            if (Files.isDirectory(file)) {
                delete(file);
            } else {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
