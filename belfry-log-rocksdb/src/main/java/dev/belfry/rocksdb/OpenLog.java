package dev.belfry.rocksdb;

import dev.belfry.Epochs;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * What a log is found to have when it is opened, without a scan. Each start begins a new epoch, for nobody knows whether the last
 * run lost its tail, or whether another run goes on from a copy of what is here.
 *
 * @param head where it ends
 * @param extent from where to where it reaches, and its epochs
 * @param removals how much is remembered of what retention removed
 * @param gone how many events were removed
 */
record OpenLog(MetaCodec.Head head, Extent extent, MetaCodec.Removals removals, long gone) {
    static OpenLog of(Database database) throws RocksDBException {
        RocksDB rocks = database.rocks();
        MetaCodec.Head head = MetaCodec.head(rocks.get(database.meta(), Keys.HEAD));
        long oldest = MetaCodec.oldest(rocks.get(database.meta(), Keys.OLDEST));
        MetaCodec.Removals removals = MetaCodec.removals(rocks.get(database.meta(), Keys.REMOVED), oldest);
        byte[] gone = rocks.get(database.meta(), Keys.GONE);
        byte[] epochs = rocks.get(database.meta(), Keys.EPOCHS);
        Epochs now = epochs == null
                ? Epochs.create()
                : MetaCodec.epochs(epochs).begin(head.offset() + 1).trim(removals.forgotten(), oldest);
        OpenLog found = new OpenLog(
                head,
                new Extent(now, oldest, head.offset()),
                removals,
                gone == null ? head.events() - count(database, oldest) : BigEndian.getLong(gone, 0));
        found.put(database);
        return found;
    }

    /** Of a log of format 1, which has to be walked through once. */
    private static long count(Database database, long oldest) throws RocksDBException {
        long events = 0;
        try (ReadOptions options = new ReadOptions().setFillCache(false);
                RocksIterator all = database.rocks().newIterator(database.events(), options)) {
            for (all.seek(Keys.offset(oldest)); all.isValid(); all.next()) {
                events++;
            }
            all.status();
        }
        return events;
    }

    /** All that a log of format 2 has, in one write. */
    private void put(Database database) throws RocksDBException {
        try (WriteBatch batch = new WriteBatch();
                WriteOptions sync = new WriteOptions().setSync(true)) {
            batch.put(database.meta(), Keys.EPOCHS, MetaCodec.encode(extent.epochs));
            batch.put(database.meta(), Keys.REMOVED, MetaCodec.encode(removals));
            batch.put(database.meta(), Keys.GONE, Keys.offset(gone));
            database.rocks().write(sync, batch);
        }
    }
}
