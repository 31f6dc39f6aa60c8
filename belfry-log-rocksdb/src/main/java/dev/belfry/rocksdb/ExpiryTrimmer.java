package dev.belfry.rocksdb;

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
    private static final int MAX_SLICE = 2_000;

    private final Extent extent;
    private final EventCodec codec;
    private final RetentionTrimmer retention;
    /** Not before this is anything due; 0 when it is to be looked up. */
    private long nextDueMillis;
    /** Before this nothing is left but tombstones, which a seek from the start would walk over. */
    private long doneMillis;

    ExpiryTrimmer(Extent extent, EventCodec codec, RetentionTrimmer retention) {
        this.extent = extent;
        this.codec = codec;
        this.retention = retention;
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

    void trim(Database database, long nowMillis) throws RocksDBException {
        if (nowMillis < nextDueMillis) {
            return;
        }
        try (ReadOptions read = new ReadOptions();
                RocksIterator due = database.rocks().newIterator(database.expiry(), read);
                EventCursor events = new EventCursor(database, read);
                WriteBatch batch = new WriteBatch();
                WriteOptions write = new WriteOptions()) {
            EventKeys keys = new EventKeys(database, batch);
            List<Long> removed = new ArrayList<>();
            due.seek(Keys.due(doneMillis));
            long next = Long.MAX_VALUE;
            for (int i = 0; due.isValid(); i++, due.next()) {
                next = BigEndian.getLong(due.key(), 0);
                if (next > nowMillis || i == MAX_SLICE) {
                    break;
                }
                remove(database, due.key(), events, keys, batch, removed);
                next = Long.MAX_VALUE;
            }
            due.status();
            if (batch.count() > 0) {
                batch.put(database.meta(), Keys.GONE, Keys.offset(retention.gone() + removed.size()));
                database.rocks().write(write, batch);
                retention.removed(removed);
            }
            nextDueMillis = next;
            doneMillis = Math.min(next, nowMillis);
        }
    }

    private void remove(
            Database database, byte[] key, EventCursor events, EventKeys keys, WriteBatch batch, List<Long> removed)
            throws RocksDBException {
        batch.delete(database.expiry(), key);
        byte[] reference = Arrays.copyOfRange(key, Keys.EXPIRY_REFERENCE, key.length);
        long dueMillis = BigEndian.getLong(key, 0);
        if (key[Keys.EXPIRY_REFERENCE - 1] == Keys.IDEMPOTENCY) {
            removeKey(database, reference, dueMillis, batch);
        } else if (events.moveTo(BigEndian.getLong(reference, 0))) {
            Event event = events.event(codec, extent.epochs);
            keys.delete(event);
            removed.add(event.position().offset());
        }
    }

    /** The key may have been used again since, and is then due later. */
    private static void removeKey(Database database, byte[] name, long dueMillis, WriteBatch batch)
            throws RocksDBException {
        byte[] kept = database.rocks().get(database.idempotency(), name);
        if (kept != null && KeyCodec.expiresMillis(kept) <= dueMillis) {
            batch.delete(database.idempotency(), name);
        }
    }
}
