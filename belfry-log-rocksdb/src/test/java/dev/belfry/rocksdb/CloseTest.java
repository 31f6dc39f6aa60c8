package dev.belfry.rocksdb;

import static dev.belfry.rocksdb.Logs.LIMITS;
import static dev.belfry.rocksdb.Logs.appendNumbers;
import static dev.belfry.rocksdb.Logs.filter;
import static dev.belfry.rocksdb.Logs.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.BelfryException.LogClosed;
import dev.belfry.EventFilter;
import dev.belfry.Position;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CloseTest {
    private static final int READERS = 4;

    @TempDir
    Path directory;

    /** A native call on a closed handle would end this process. */
    @Test
    void readersThatAreStillReadingAreToldThatItIsClosed() throws InterruptedException {
        for (int round = 0; round < 10; round++) {
            RocksDbEventLog log = open(directory);
            appendNumbers(log, 0, 50);
            Position start = log.beforeOldest();
            CountDownLatch reading = new CountDownLatch(READERS);
            CompletableFuture<?>[] readers = Stream.generate(() -> CompletableFuture.runAsync(
                            () -> readForEver(log, start, reading), task -> new Thread(task).start()))
                    .limit(READERS)
                    .toArray(CompletableFuture[]::new);
            reading.await();

            log.close();

            for (CompletableFuture<?> reader : readers) {
                assertThatThrownBy(reader::join).hasCauseInstanceOf(LogClosed.class);
            }
            assertThat(log.head().offset()).isEqualTo(50L * (round + 1));
        }
    }

    private static void readForEver(RocksDbEventLog log, Position start, CountDownLatch reading) {
        while (true) {
            log.read(EventFilter.ALL, start, LIMITS);
            log.read(filter("numbers"), start, LIMITS);
            log.positionAt(Instant.EPOCH);
            reading.countDown();
        }
    }
}
