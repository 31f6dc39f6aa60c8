package dev.belfry.rocksdb;

import dev.belfry.AgeClock;
import dev.belfry.Event;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Takes away what has a time of its own: events with a ttl, and idempotency keys. Owned by the writer thread, and idle
 * until the next one is due.
 */
final class ExpiryTrimmer {
    private final Extent extent;
    private final EventCodec codec;
    private final RetentionTrimmer retention;
    private final KeptNames names;
    private final AgeClock ages;
    /** Not before this is anything due; 0 when it is to be looked up. */
    private long nextDueMillis;
    /** Before this nothing is left but tombstones, which a seek from the start would walk over. */
    private long doneMillis;

    ExpiryTrimmer(Extent extent, EventCodec codec, RetentionTrimmer retention, KeptNames names, AgeClock ages) {
        this.extent = extent;
        this.codec = codec;
        this.retention = retention;
        this.names = names;
        this.ages = ages;
    }

    /** Forgets what it knew, after the database was opened anew. */
    void reset() {
        nextDueMillis = 0;
        doneMillis = 0;
    }

    /** Is told of everything that gets a time of its own. */
    void added(long dueMillis) {
        nextDueMillis = Math.min(nextDueMillis, dueMillis);
        doneMillis = Math.min(doneMillis, dueMillis);
    }

    /** Removes what is due, up to a number; returns whether more is. */
    boolean trim(Database database, long nowMillis, int most) throws RocksDBException {
        if (nowMillis < nextDueMillis || ages.isDoubtful()) {
            return false;
        }
        // what waits to be removed may be among it, and would be counted twice
        retention.flush(database, nowMillis);
        try (ReadOptions read = new ReadOptions();
                RocksIterator due = database.rocks().newIterator(database.expiry(), read);
                EventCursor events = new EventCursor(database, read, extent);
                WriteBatch batch = new WriteBatch();
                WriteOptions write = new WriteOptions()) {
            EventKeys keys = new EventKeys(database, batch);
            List<Long> removed = new ArrayList<>();
            int removedNames = 0;
            due.seek(Keys.due(doneMillis));
            long next = Long.MAX_VALUE;
            for (int i = 0; due.isValid(); i++, due.next()) {
                byte[] key = due.key();
                next = BigEndian.getLong(key, 0);
                if (next > nowMillis || i == most) {
                    break;
                }
                removedNames += remove(database, key, events, keys, batch, removed) ? 1 : 0;
                next = Long.MAX_VALUE;
            }
            due.status();
            if (batch.count() > 0) {
                batch.put(database.meta(), Keys.GONE, Keys.offset(retention.gone() + removed.size()));
                names.put(database, batch, -removedNames);
                database.rocks().write(write, batch);
                names.written(-removedNames);
                retention.removed(removed);
            }
            nextDueMillis = next;
            doneMillis = Math.min(next, nowMillis);
            return next <= nowMillis;
        }
    }

    /** Returns whether it was an idempotency key. */
    private boolean remove(
            Database database, byte[] key, EventCursor events, EventKeys keys, WriteBatch batch, List<Long> removed)
            throws RocksDBException {
        batch.delete(database.expiry(), key);
        byte[] reference = Arrays.copyOfRange(key, Keys.EXPIRY_REFERENCE, key.length);
        if (key[Keys.EXPIRY_REFERENCE - 1] == Keys.IDEMPOTENCY) {
            KeptNames.remove(database, batch, reference, BigEndian.getLong(key, 0));
            return true;
        }
        if (events.moveTo(BigEndian.getLong(reference, 0)) && !events.isLost()) {
            Event event = events.event(codec, extent.epochs);
            keys.delete(event);
            removed.add(event.position().offset());
        }
        return false;
    }
}
