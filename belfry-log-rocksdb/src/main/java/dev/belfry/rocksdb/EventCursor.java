package dev.belfry.rocksdb;

import dev.belfry.Epochs;
import dev.belfry.Event;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** Walks the events by offset. One thread; the buffers are used again for each event. */
final class EventCursor implements AutoCloseable {
    private static final int FIRST_BUFFER_BYTES = 1024;

    private final RocksIterator iterator;
    private final byte[] key = new byte[8];
    private byte[] value = new byte[FIRST_BUFFER_BYTES];
    private int length;
    private long offset = -1;
    private boolean isLoaded;

    EventCursor(Database database, ReadOptions options) {
        iterator = database.rocks().newIterator(database.events(), options);
    }

    /** Goes to the first event at or behind an offset; false when there is none. */
    boolean seek(long target) throws RocksDBException {
        iterator.seek(Keys.offset(target));
        return arrive();
    }

    /** Goes to the next event; false when there is none. */
    boolean next() throws RocksDBException {
        iterator.next();
        return arrive();
    }

    /** Goes to the event at an offset; false when it is not there. */
    boolean moveTo(long target) throws RocksDBException {
        boolean found = (offset >= 0 && offset == target - 1) ? next() : seek(target);
        return found && offset == target;
    }

    private boolean arrive() throws RocksDBException {
        isLoaded = false;
        if (iterator.isValid()) {
            iterator.key(key);
            offset = BigEndian.getLong(key, 0);
            return true;
        }
        offset = -1;
        iterator.status();
        return false;
    }

    private byte[] load() {
        if (!isLoaded) {
            length = iterator.value(value);
            if (length > value.length) {
                value = new byte[Math.max(length, 2 * value.length)];
                length = iterator.value(value);
            }
            isLoaded = true;
        }
        return value;
    }

    long offset() {
        return offset;
    }

    long timeMillis() {
        return EventCodec.timeMillis(load());
    }

    long bytesBefore() {
        return EventCodec.bytesBefore(load());
    }

    Event event(EventCodec codec, Epochs epochs) {
        byte[] loaded = load();
        return codec.decode(epochs.at(offset), loaded, length);
    }

    @Override
    public void close() {
        iterator.close();
    }
}
