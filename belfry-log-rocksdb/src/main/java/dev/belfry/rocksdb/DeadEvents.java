package dev.belfry.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompactRangeOptions.BottommostLevelCompaction;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.RocksDBException;

/** The events below {@code oldest} that are still on the disk, and the files that they are in. */
final class DeadEvents {
    private static final String IN_MEMORY = "rocksdb.cur-size-all-mem-tables";

    private DeadEvents() {}

    /** About how much {@link #drop} gives back. */
    static long bytes(Database database, long oldest) throws RocksDBException {
        long dead = 0;
        long newestInFiles = 0;
        for (LiveFileMetaData file : database.rocks().getLiveFilesMetaData()) {
            if (new String(file.columnFamilyName(), UTF_8).startsWith("events")) {
                long newest = BigEndian.getLong(file.largestKey(), 0);
                newestInFiles = Math.max(newestInFiles, newest);
                dead += newest < oldest ? file.size() : 0;
            }
        }
        // the write-ahead log has what the files have not, and it goes when that is flushed
        boolean isInWriteAheadLog = oldest > newestInFiles + 1;
        return dead + (isInWriteAheadLog ? database.rocks().getLongProperty(database.events(), IN_MEMORY) : 0);
    }

    /** Deletes the files in which all is dead. Those of level 0 stay, as RocksDB does it. */
    static void dropFiles(Database database, long oldest) throws RocksDBException {
        // first the batches that say so: a power failure must not leave events that are gone and not known to be
        database.rocks().syncWal();
        for (Database.Generation generation : database.generations()) {
            List<byte[]> range = List.of(Keys.offset(0), Keys.offset(oldest));
            database.rocks().deleteFilesInRanges(generation.family(), range, false);
        }
        database.dropGenerations(oldest);
    }

    /**
     * Deletes what is dead in memory and level 0 too. It is flushed, and its files are moved down a level: as they do not overlap,
     * RocksDB need not write them anew for that.
     */
    static void drop(Database database, long oldest) throws RocksDBException {
        dropFiles(database, oldest);
        try (CompactRangeOptions options = new CompactRangeOptions()
                .setExclusiveManualCompaction(false)
                .setAllowWriteStall(true)
                .setBottommostLevelCompaction(BottommostLevelCompaction.kSkip)) {
            database.rocks().compactRange(database.events(), Keys.offset(0), Keys.offset(oldest), options);
        }
        dropFiles(database, oldest);
    }
}
