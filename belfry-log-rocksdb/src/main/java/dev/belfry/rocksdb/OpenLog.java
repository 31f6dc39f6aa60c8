package dev.belfry.rocksdb;

import dev.belfry.Epochs;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * What a log is found to have when it is opened, without a scan. Each start begins a new epoch, for nobody knows whether the last
 * run lost its tail, or whether another run goes on from a copy of what is here.
 *
 * @param values all that it says of itself
 * @param extent from where to where it reaches, and its epochs
 */
record OpenLog(MetaValues values, Extent extent) {
    static OpenLog of(Database database) throws RocksDBException {
        MetaValues found = MetaValues.of(database);
        MetaCodec.Head head = found.head();
        Epochs before = found.epochs();
        Epochs now = before == null
                ? epochsOfNew(head)
                : before.begin(head.offset() + 1).trim(found.removals().forgotten(), found.oldest());
        MetaValues values = new MetaValues(
                head, found.oldest(), now, found.gone(), found.removals(), found.names(), found.indexedFrom());
        OpenLog opened = new OpenLog(values, new Extent(now, found.oldest(), head.offset(), found.indexedFrom()));
        opened.extent().removedTo = found.removals().newest();
        opened.put(database);
        return opened;
    }

    /** One, or that of what is there and another, when the earlier ones are not known any more. */
    private static Epochs epochsOfNew(MetaCodec.Head head) {
        return head.offset() == 0 ? Epochs.create() : Epochs.create().begin(head.offset() + 1);
    }

    /** All that a log of format 2 has, in one write. */
    private void put(Database database) throws RocksDBException {
        try (WriteBatch batch = new WriteBatch();
                WriteOptions sync = new WriteOptions().setSync(true)) {
            values.put(database, batch);
            database.rocks().write(sync, batch);
        }
    }
}
