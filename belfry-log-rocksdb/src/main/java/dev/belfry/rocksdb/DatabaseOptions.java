package dev.belfry.rocksdb;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Set;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.WALRecoveryMode;

/** RocksDB's options. Whoever asks for them closes them. */
final class DatabaseOptions {
    static final long CACHE_BYTES = 32L << 20;
    private static final long EVENTS_BUFFER_BYTES = 16L << 20;
    private static final long INDEX_BUFFER_BYTES = 8L << 20;
    private static final long ALL_BUFFERS_BYTES = 48L << 20;
    private static final long WAL_BYTES = 64L << 20;
    private static final long FILE_BYTES = 16L << 20;
    private static final long BLOCK_BYTES = 16L << 10;
    private static final long MOST_FILES = 256;
    private static final long FEWEST_FILES = 20;

    /** They are asked for keys that they mostly do not have. */
    private static final Set<String> WITH_BLOOM_FILTER = Set.of("idempotency", "trimmed");

    private DatabaseOptions() {}

    static DBOptions of(Database.Mode mode) {
        return new DBOptions()
                .setCreateIfMissing(mode == Database.Mode.NEW)
                .setCreateMissingColumnFamilies(true)
                .setParanoidChecks(mode != Database.Mode.LENIENT_REPAIR)
                // a torn or damaged tail ends the log there; what is before it is intact
                .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
                // all families are flushed together, so that no file is ever ahead of a damaged write-ahead log, and no
                // family that is seldom written keeps old ones
                .setAtomicFlush(true)
                .setRecycleLogFileNum(0)
                .setMaxTotalWalSize(WAL_BYTES)
                .setDbWriteBufferSize(ALL_BUFFERS_BYTES)
                .setMaxOpenFiles(maxOpenFiles())
                .setMaxBackgroundJobs(2)
                .setBytesPerSync(1L << 20)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setMaxLogFileSize(1L << 20)
                .setKeepLogFileNum(2)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0);
    }

    private static int maxOpenFiles() {
        long limit = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
        return (int) Math.max(FEWEST_FILES, Math.min(MOST_FILES, limit / 4));
    }

    static ColumnFamilyOptions ofFamily(String name, boolean isOfEvents, Cache cache, BloomFilter bloom) {
        BlockBasedTableConfig table = new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setCacheIndexAndFilterBlocks(true)
                .setPinL0FilterAndIndexBlocksInCache(true)
                .setBlockSize(BLOCK_BYTES);
        if (WITH_BLOOM_FILTER.contains(name)) {
            // a filter in one block would outgrow its shard of the cache, 512 KiB, from half a million keys on, and be
            // read for each get
            table.setFilterPolicy(bloom)
                    .setPartitionFilters(true)
                    .setIndexType(IndexType.kTwoLevelIndexSearch)
                    .setPinTopLevelIndexAndFilter(true);
        }
        return new ColumnFamilyOptions()
                .setTableFormatConfig(table)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setWriteBufferSize(isOfEvents ? EVENTS_BUFFER_BYTES : INDEX_BUFFER_BYTES)
                .setMaxWriteBufferNumber(3)
                .setTargetFileSizeBase(FILE_BYTES)
                .setMaxBytesForLevelBase(4 * FILE_BYTES);
    }
}
