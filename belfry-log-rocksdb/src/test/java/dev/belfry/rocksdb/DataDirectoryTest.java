package dev.belfry.rocksdb;

import static dev.belfry.rocksdb.Logs.append;
import static dev.belfry.rocksdb.Logs.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.BelfryException.LogUnusable;
import dev.belfry.Notification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DataDirectoryTest {
    @TempDir
    Path temporary;

    @Test
    void saysItsFormat() {
        Path directory = temporary.resolve("a/b");

        open(directory).close();

        assertThat(directory.resolve("FORMAT")).hasContent("belfry-log 2");
    }

    @Test
    void refusesANewerFormat() throws IOException {
        open(temporary).close();
        Files.writeString(temporary.resolve("FORMAT"), "belfry-log 3\n");

        assertRefused(temporary, "has format 3, this version of Belfry reads 1 to 2: it was written by a newer one");
    }

    @Test
    void refusesWhatIsNoFormat() throws IOException {
        Files.writeString(temporary.resolve("FORMAT"), "");

        assertRefused(temporary, "does not name a format");
    }

    @Test
    void refusesTheDatabaseOfSomebodyElse() throws IOException {
        open(temporary).close();
        Files.delete(temporary.resolve("FORMAT"));

        assertRefused(temporary, "no Belfry log");
    }

    @Test
    void refusesAPlaceThatIsAFile() throws IOException {
        Path file = Files.createFile(temporary.resolve("file"));

        assertRefused(file, "cannot be created");
        assertRefused(file.resolve("below"), "cannot be created");
    }

    @Test
    void refusesASecondLogInTheSameProcess() {
        try (RocksDbEventLog log = open(temporary)) {
            assertRefused(temporary, "in use by another process");
            append(log, Notification.of("a", "goes on"));
        }
        open(temporary).close();
    }

    @Test
    void refusesASecondProcess() throws Exception {
        try (ChildProcess child = ChildProcess.start(Appender.class, temporary.toString())) {
            assertThat(child.output().lines().anyMatch(line -> line.endsWith(";")))
                    .isTrue();

            assertRefused(temporary, "in use by another process");

            child.kill();
            child.await();
        }
        open(temporary).close();
    }

    private static void assertRefused(Path directory, String reason) {
        assertThatThrownBy(() -> open(directory))
                .isInstanceOf(LogUnusable.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining(reason);
    }
}
