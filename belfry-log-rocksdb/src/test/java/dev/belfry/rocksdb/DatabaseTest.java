package dev.belfry.rocksdb;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.PerfContext;
import org.rocksdb.PerfLevel;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

@Timeout(60)
class DatabaseTest {
    private static final int TOPICS = 1_000_000;

    @TempDir
    Path directory;

    /** As it was when the filter of a file did not fit into a shard of the cache. */
    @Test
    void askingForATopicOfVeryManyDoesNotReadTheWholeFilter() throws Exception {
        try (Database database = Database.open(directory)) {
            putTopics(database);
            get(database, 1);
            database.rocks().setPerfLevel(PerfLevel.ENABLE_COUNT);
            PerfContext counts = database.rocks().getPerfContext();
            counts.reset();
            for (int i = 0; i < 100; i++) {
                get(database, i * 9_973);
            }
            assertThat(counts.getBlockReadByte() / 100).isLessThan(100_000);
            database.rocks().setPerfLevel(PerfLevel.DISABLE);
        }
    }

    private static void putTopics(Database database) throws RocksDBException {
        byte[] value = new byte[24];
        for (int from = 0; from < TOPICS; from += 10_000) {
            try (WriteBatch batch = new WriteBatch();
                    WriteOptions options = new WriteOptions().setDisableWAL(true)) {
                for (int i = from; i < from + 10_000; i++) {
                    // not in order, so that they end up in one file
                    batch.put(database.trimmed(), topic((int) (i * 7_919L % TOPICS)), value);
                }
                database.rocks().write(options, batch);
            }
        }
        database.rocks().compactRange(database.trimmed());
    }

    private static void get(Database database, int i) throws RocksDBException {
        assertThat(database.rocks().get(database.trimmed(), topic(i))).hasSize(24);
    }

    private static byte[] topic(int i) {
        return "loud/%07d".formatted(i).getBytes(US_ASCII);
    }
}
