package dev.belfry.rocksdb;

import dev.belfry.Epochs;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/**
 * All that the family {@code default} has, or the one that takes its place.
 *
 * @param epochs null when it has none yet
 * @param gone how many events were removed
 * @param names how many idempotency keys are kept
 * @param indexedFrom from which offset on the index of topics is whole
 */
record MetaValues(
        MetaCodec.Head head,
        long oldest,
        @Nullable Epochs epochs,
        long gone,
        MetaCodec.Removals removals,
        long names,
        long indexedFrom) {
    static MetaValues of(Database database) throws RocksDBException {
        RocksDB rocks = database.rocks();
        MetaCodec.Head head = MetaCodec.head(rocks.get(database.meta(), Keys.HEAD));
        long oldest = MetaCodec.oldest(rocks.get(database.meta(), Keys.OLDEST));
        byte[] epochs = rocks.get(database.meta(), Keys.EPOCHS);
        byte[] gone = rocks.get(database.meta(), Keys.GONE);
        byte[] names = rocks.get(database.meta(), Keys.NAMES);
        return new MetaValues(
                head,
                oldest,
                epochs == null ? null : MetaCodec.epochs(epochs),
                gone == null ? head.events() - countEvents(database, oldest) : BigEndian.getLong(gone, 0),
                MetaCodec.removals(rocks.get(database.meta(), Keys.REMOVED), oldest),
                names == null ? countNames(database) : BigEndian.getLong(names, 0),
                number(rocks.get(database.meta(), Keys.INDEXED)));
    }

    static long number(byte @Nullable [] value) {
        return value == null ? 0 : BigEndian.getLong(value, 0);
    }

    /** Of a log of format 1, which has to be walked through once. */
    private static long countEvents(Database database, long oldest) throws RocksDBException {
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

    /** Of a log that did not count them. */
    private static long countNames(Database database) throws RocksDBException {
        long names = 0;
        try (ReadOptions options = new ReadOptions().setFillCache(false);
                RocksIterator all = database.rocks().newIterator(database.expiry(), options)) {
            for (all.seekToFirst(); all.isValid(); all.next()) {
                names += all.key()[Keys.EXPIRY_REFERENCE - 1] == Keys.IDEMPOTENCY ? 1 : 0;
            }
            all.status();
        }
        return names;
    }

    /** What the events themselves tell, where the family cannot be read. Earlier epochs are not known then. */
    static MetaValues ofEvents(Database database) throws RocksDBException {
        MetaCodec.Head head = MetaCodec.Head.NONE;
        long oldest = 1;
        for (int i = database.generations().size() - 1; i >= 0 && head.offset() == 0; i--) {
            head = newest(database, database.generations().get(i));
        }
        for (int i = 0; i < database.generations().size() && oldest == 1; i++) {
            oldest = first(database, database.generations().get(i));
        }
        return new MetaValues(
                head,
                oldest,
                null,
                head.events() - (head.offset() - oldest + 1),
                MetaCodec.removals(null, oldest),
                0,
                0);
    }

    private static MetaCodec.Head newest(Database database, Database.Generation generation) throws RocksDBException {
        try (RocksIterator events = database.rocks().newIterator(generation.family())) {
            events.seekToLast();
            if (!events.isValid()) {
                events.status();
                return MetaCodec.Head.NONE;
            }
            long offset = BigEndian.getLong(events.key(), 0);
            byte[] value = events.value();
            long bytes = EventCodec.bytesBefore(value) + 2L * value.length;
            return new MetaCodec.Head(offset, bytes, EventCodec.timeMillis(value), offset);
        }
    }

    private static long first(Database database, Database.Generation generation) throws RocksDBException {
        try (RocksIterator events = database.rocks().newIterator(generation.family())) {
            events.seekToFirst();
            return events.isValid() ? BigEndian.getLong(events.key(), 0) : Math.max(1, generation.from());
        }
    }

    void put(Database database, WriteBatch batch) throws RocksDBException {
        batch.put(database.meta(), Keys.HEAD, MetaCodec.encode(head));
        batch.put(database.meta(), Keys.OLDEST, Keys.offset(oldest));
        if (epochs != null) {
            batch.put(database.meta(), Keys.EPOCHS, MetaCodec.encode(epochs));
        }
        batch.put(database.meta(), Keys.GONE, Keys.offset(Math.max(0, gone)));
        batch.put(database.meta(), Keys.REMOVED, MetaCodec.encode(removals));
        batch.put(database.meta(), Keys.NAMES, Keys.offset(names));
        batch.put(database.meta(), Keys.INDEXED, Keys.offset(indexedFrom));
    }

    MetaValues at(MetaCodec.Head newHead, long newOldest, Epochs newEpochs) {
        return new MetaValues(newHead, newOldest, newEpochs, gone, removals, names, indexedFrom);
    }

    MetaValues indexedFrom(long offset) {
        return new MetaValues(head, oldest, epochs, gone, removals, names, offset);
    }

    /** Nothing is known of what was removed so far. */
    MetaValues forgetRemovals() {
        return new MetaValues(head, oldest, epochs, gone, MetaCodec.removals(null, oldest), names, indexedFrom);
    }
}
