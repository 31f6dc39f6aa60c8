package dev.belfry.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDBException;

@Timeout(60)
class DeadEventsTest {
    private static final int FLUSHED = 500;
    private static final int ALL = 600;

    @TempDir
    Path directory;

    private final Random random = new Random(1);
    private Database database;

    /** One file of level 0, and some more in memory. */
    @BeforeEach
    void fill() throws RocksDBException {
        database = Database.open(directory);
        put(1, FLUSHED);
        try (FlushOptions options = new FlushOptions()) {
            database.rocks().flush(options, database.events());
        }
        put(FLUSHED + 1, ALL);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void goOutOfLevelZeroAndOutOfMemory() throws RocksDBException {
        assertThat(DeadEvents.bytes(database, ALL + 1)).isGreaterThan(100_000);

        DeadEvents.drop(database, ALL + 1);

        assertThat(isThere(1)).isFalse();
        assertThat(isThere(FLUSHED)).isFalse();
        assertThat(isThere(ALL)).isFalse();
        assertThat(DeadEvents.bytes(database, ALL + 1)).isLessThan(10_000); // empty buffers count too
    }

    @Test
    void goWithoutThoseThatLive() throws RocksDBException {
        DeadEvents.drop(database, FLUSHED + 50);

        assertThat(isThere(FLUSHED)).isFalse();
        for (int offset = FLUSHED + 50; offset <= ALL; offset++) {
            assertThat(isThere(offset)).isTrue();
        }
    }

    @Test
    void areNoneWhereAllLive() throws RocksDBException {
        assertThat(DeadEvents.bytes(database, 1)).isZero();
        DeadEvents.drop(database, 1);
        assertThat(isThere(1)).isTrue();
    }

    private void put(int from, int to) throws RocksDBException {
        for (int offset = from; offset <= to; offset++) {
            database.rocks().put(database.events(), Keys.offset(offset), incompressible());
        }
    }

    private byte[] incompressible() {
        byte[] value = new byte[1_000];
        random.nextBytes(value);
        return value;
    }

    private boolean isThere(int offset) throws RocksDBException {
        return database.rocks().get(database.events(), Keys.offset(offset)) != null;
    }
}
