package dev.belfry.rocksdb;

import static dev.belfry.rocksdb.Logs.appendNumbers;
import static dev.belfry.rocksdb.Logs.open;
import static dev.belfry.rocksdb.Logs.walOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HeadFileTest {
    @TempDir
    Path temporary;

    @Test
    void aLossBehindACleanEndIsFoundOut() throws IOException {
        Path directory = temporary.resolve("log");
        Position head;
        try (RocksDbEventLog log = open(directory)) {
            appendNumbers(log, 0, 50);
            head = log.head();
        }
        HeadFile file = new HeadFile(directory);
        assertThat(file.isAheadOf(head)).isFalse();
        Files.delete(walOf(directory));
        try (RocksDbEventLog log = open(directory)) {
            assertThat(log.head().offset()).isZero();
            assertThat(file.isAheadOf(log.head())).isTrue();
            appendNumbers(log, 0, 60);
        }
        assertThat(file.isAheadOf(new Position(1, 60))).isFalse();
        assertThat(Files.readString(directory.resolve("HEAD"))).startsWith("60 ");
    }

    @Test
    void whatIsNoPositionIsNoLoss() throws IOException {
        HeadFile file = new HeadFile(temporary);
        assertThat(file.isAheadOf(new Position(1, 0))).isFalse();
        for (String line : new String[] {"", "x", "99999999999999999999 z-1", "5"}) {
            Files.writeString(temporary.resolve("HEAD"), line);
            assertThat(file.isAheadOf(new Position(1, 0))).isFalse();
        }
    }
}
