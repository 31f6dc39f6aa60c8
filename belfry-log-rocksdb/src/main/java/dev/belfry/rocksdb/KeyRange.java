package dev.belfry.rocksdb;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * The keys of a family from one to before another, in a view. The bound matters: behind the last key that is wanted may lie
 * deleted ones, any number of them, and without it an iterator walks over them all.
 */
class KeyRange implements AutoCloseable {
    private final byte[] from;
    private final Slice end;
    private final ReadOptions options;
    private final RocksIterator iterator;

    KeyRange(View view, ColumnFamilyHandle family, byte[] from, byte[] end) {
        this.from = from;
        this.end = new Slice(end);
        options = view.options(true).setIterateUpperBound(this.end);
        iterator = view.database.rocks().newIterator(family, options);
    }

    byte @Nullable [] first() throws RocksDBException {
        return seek(from);
    }

    /** The last one; null when there is none. */
    byte @Nullable [] last() throws RocksDBException {
        iterator.seekToLast();
        byte[] last = key();
        return last == null || Arrays.compareUnsigned(last, from) < 0 ? null : last;
    }

    byte @Nullable [] seek(byte[] target) throws RocksDBException {
        iterator.seek(target);
        return key();
    }

    byte @Nullable [] next() throws RocksDBException {
        iterator.next();
        return key();
    }

    private byte @Nullable [] key() throws RocksDBException {
        if (iterator.isValid()) {
            return iterator.key();
        }
        iterator.status();
        return null;
    }

    @Override
    public void close() {
        iterator.close();
        options.close();
        end.close();
    }
}
