package dev.belfry.rocksdb;

import dev.belfry.Epochs;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/**
 * What a log is found to have when it is opened, without a scan.
 *
 * @param head where it ends
 * @param extent from where to where it reaches, and its epochs
 * @param isClean whether the last run closed in order, so that nothing of its tail can be missing
 */
record OpenLog(MetaCodec.Head head, Extent extent, boolean isClean) {
    /** Begins a new epoch when the log is new or may have lost its tail. */
    static OpenLog of(Database database, DataDirectory directory) throws RocksDBException, IOException {
        RocksDB rocks = database.rocks();
        MetaCodec.Head head = MetaCodec.head(rocks.get(database.meta(), Keys.HEAD));
        byte[] oldest = rocks.get(database.meta(), Keys.OLDEST);
        byte[] epochs = rocks.get(database.meta(), Keys.EPOCHS);
        boolean isClean = directory.isClean(head.offset());
        Epochs kept = epochs == null ? null : MetaCodec.epochs(epochs);
        Epochs now = kept == null ? Epochs.create() : isClean ? kept : kept.begin(head.offset() + 1);
        if (kept == null || !isClean) {
            putEpochs(database, now);
        }
        long from = oldest == null ? 1 : ByteBuffer.wrap(oldest).getLong();
        return new OpenLog(head, new Extent(now, from, head.offset()), isClean);
    }

    static void putEpochs(Database database, Epochs epochs) throws RocksDBException {
        try (WriteOptions sync = new WriteOptions().setSync(true)) {
            database.rocks().put(database.meta(), sync, Keys.EPOCHS, MetaCodec.encode(epochs));
        }
    }
}
