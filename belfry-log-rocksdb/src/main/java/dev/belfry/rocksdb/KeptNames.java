package dev.belfry.rocksdb;

import java.util.Arrays;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * How many idempotency keys are kept, and which go first when there are too many: those that would end first. Owned by the writer
 * thread.
 */
final class KeptNames {
    /** So many entries of events are passed at once on the way to the next key. */
    private static final int MAX_PASSED = 20_000;

    private final long max;
    private long count;
    /** Before this place of the order none is left. */
    private byte[] front = {};

    KeptNames(long max, long count) {
        this.max = max;
        this.count = count;
    }

    long count() {
        return count;
    }

    /** Takes up what a database that was opened anew has. */
    void reset(Database database) throws RocksDBException {
        count = MetaValues.number(database.rocks().get(database.meta(), Keys.NAMES));
        front = new byte[0];
    }

    /** Adds to a batch how many there are when it has changed them by so many. */
    void put(Database database, WriteBatch batch, int change) throws RocksDBException {
        if (change != 0) {
            batch.put(database.meta(), Keys.NAMES, Keys.offset(Math.max(0, count + change)));
        }
    }

    /** Is told that the batch is written. */
    void written(int change) {
        count = Math.max(0, count + change);
    }

    /** Forgets those that are too many, up to a number; returns whether there are more. */
    boolean trim(Database database, int most) throws RocksDBException {
        if (count <= max) {
            return false;
        }
        int wanted = (int) Math.min(most, count - max);
        int removed = 0;
        try (ReadOptions read = new ReadOptions();
                RocksIterator order = database.rocks().newIterator(database.expiry(), read);
                WriteBatch batch = new WriteBatch();
                WriteOptions write = new WriteOptions()) {
            order.seek(front);
            for (int i = 0; order.isValid() && removed < wanted && i < MAX_PASSED; i++, order.next()) {
                byte[] key = order.key();
                if (key[Keys.EXPIRY_REFERENCE - 1] == Keys.IDEMPOTENCY) {
                    batch.delete(database.expiry(), key);
                    byte[] name = Arrays.copyOfRange(key, Keys.EXPIRY_REFERENCE, key.length);
                    remove(database, batch, name, BigEndian.getLong(key, 0));
                    removed++;
                }
                // not the whole key: another may come that is due in the same millisecond
                front = Arrays.copyOf(key, 8);
            }
            order.status();
            if (!order.isValid() && removed < wanted) {
                removed = (int) Math.min(Integer.MAX_VALUE, count - max); // there are fewer than it was thought
            }
            put(database, batch, -removed);
            database.rocks().write(write, batch);
            written(-removed);
        }
        return count > max;
    }

    /** The key may have been used again since, and is then due later. */
    static void remove(Database database, WriteBatch batch, byte[] name, long dueMillis) throws RocksDBException {
        byte[] kept = database.rocks().get(database.idempotency(), name);
        if (kept != null && KeyCodec.expiresMillis(kept) <= dueMillis) {
            batch.delete(database.idempotency(), name);
        }
    }
}
