package dev.belfry.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WALRecoveryMode;

/**
 * An open RocksDB with its families and options: all that is native, closed together and in order.
 *
 * <p>Bounded: 32 MiB of block cache, index and filter blocks included; 48 MiB of write buffers; 256 open files, or a quarter of what
 * the process may have; 2 MiB of RocksDB's own log.
 */
final class Database implements AutoCloseable {
    private static final long CACHE_BYTES = 32L << 20;
    private static final long EVENTS_BUFFER_BYTES = 16L << 20;
    private static final long INDEX_BUFFER_BYTES = 8L << 20;
    private static final long ALL_BUFFERS_BYTES = 48L << 20;
    private static final long WAL_BYTES = 64L << 20;
    private static final long FILE_BYTES = 16L << 20;
    private static final long BLOCK_BYTES = 16L << 10;
    private static final long MOST_FILES = 256;
    private static final long FEWEST_FILES = 20;

    private static final List<String> FAMILIES =
            List.of("default", "events", "topics", "expiry", "idempotency", "aliases", "trimmed", "trimmed-order");

    /** They are asked for keys that they mostly do not have. */
    private static final Set<String> WITH_BLOOM_FILTER = Set.of("idempotency", "trimmed");

    private final Deque<AutoCloseable> natives = new ArrayDeque<>();
    private final List<ColumnFamilyHandle> handles = new ArrayList<>();
    private final RocksDB rocks;

    private Database(Path path, boolean readOnly) throws RocksDBException {
        NativeLibrary.load(path);
        try {
            DBOptions options = own(options());
            List<ColumnFamilyDescriptor> families = families();
            rocks = readOnly
                    ? RocksDB.openReadOnly(options, path.toString(), families, handles)
                    : RocksDB.open(options, path.toString(), families, handles);
        } catch (RocksDBException e) {
            closeNatives();
            throw e;
        }
    }

    /** Opens it, created when missing; replays what was in the write-ahead log. */
    static Database open(Path path) throws RocksDBException {
        return new Database(path, false);
    }

    /** Opens it without writing a byte. */
    static Database openReadOnly(Path path) throws RocksDBException {
        return new Database(path, true);
    }

    private static DBOptions options() {
        return new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
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

    private List<ColumnFamilyDescriptor> families() {
        Cache cache = own(new LRUCache(CACHE_BYTES));
        BloomFilter bloom = own(new BloomFilter(10));
        return FAMILIES.stream()
                .map(name -> new ColumnFamilyDescriptor(name.getBytes(UTF_8), own(family(name, cache, bloom))))
                .toList();
    }

    private static ColumnFamilyOptions family(String name, Cache cache, BloomFilter bloom) {
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
                .setWriteBufferSize(name.equals("events") ? EVENTS_BUFFER_BYTES : INDEX_BUFFER_BYTES)
                .setMaxWriteBufferNumber(3)
                .setTargetFileSizeBase(FILE_BYTES)
                .setMaxBytesForLevelBase(4 * FILE_BYTES);
    }

    private <T extends AutoCloseable> T own(T object) {
        natives.push(object);
        return object;
    }

    RocksDB rocks() {
        return rocks;
    }

    ColumnFamilyHandle meta() {
        return handles.get(0);
    }

    ColumnFamilyHandle events() {
        return handles.get(1);
    }

    ColumnFamilyHandle topics() {
        return handles.get(2);
    }

    ColumnFamilyHandle expiry() {
        return handles.get(3);
    }

    ColumnFamilyHandle idempotency() {
        return handles.get(4);
    }

    ColumnFamilyHandle aliases() {
        return handles.get(5);
    }

    ColumnFamilyHandle trimmed() {
        return handles.get(6);
    }

    ColumnFamilyHandle trimmedOrder() {
        return handles.get(7);
    }

    /** Nobody may be using it any more, nor any iterator of it. */
    @Override
    public void close() {
        rocks.cancelAllBackgroundWork(true);
        handles.forEach(ColumnFamilyHandle::close);
        rocks.close();
        closeNatives();
    }

    private void closeNatives() {
        while (!natives.isEmpty()) {
            try {
                natives.pop().close();
            } catch (Exception e) {
                throw new IllegalStateException(e); // options and caches declare none
            }
        }
    }
}
