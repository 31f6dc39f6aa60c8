package dev.belfry.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.RemovalMemory;
import dev.belfry.Removed;
import dev.belfry.Topic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;

/** What a view knows of the events that retention has removed. */
final class RemovalView extends RemovalMemory implements AutoCloseable {
    /** Behind every text in UTF-8, and every offset. */
    private static final byte[] END = {(byte) 0xFF};

    private final View view;
    private final MetaCodec.Removals removals;
    private final List<KeyRange> ranges = new ArrayList<>();

    RemovalView(View view) throws RocksDBException {
        this.view = view;
        removals = MetaCodec.removals(view.get(view.database.meta(), Keys.REMOVED), view.oldest);
    }

    @Override
    protected long newest() {
        return removals.newest();
    }

    @Override
    protected long forgotten() {
        return removals.forgotten();
    }

    @Override
    protected @Nullable Removed of(Topic topic) {
        try {
            byte[] value = view.get(view.database.trimmed(), topic.name().getBytes(UTF_8));
            return value == null ? null : MetaCodec.removed(value);
        } catch (RocksDBException e) {
            throw StorageErrors.of(e);
        }
    }

    @Override
    protected Iterator<Topic> below(String prefix) {
        byte[] from = prefix.getBytes(UTF_8);
        byte[] end = Arrays.copyOf(from, from.length + 1);
        end[from.length] = END[0];
        return new Topics(view.database.trimmed(), from, end, 0);
    }

    @Override
    protected Iterator<Topic> since(long offset) {
        return new Topics(view.database.trimmedOrder(), Keys.offset(offset + 1), END, 8);
    }

    /** The topics in a range of keys, each behind so many bytes. */
    private final class Topics implements Iterator<Topic> {
        private final KeyRange range;
        private final int skip;
        private byte @Nullable [] next;

        Topics(ColumnFamilyHandle family, byte[] from, byte[] end, int skip) {
            range = new KeyRange(view, family, from, end);
            this.skip = skip;
            ranges.add(range);
            next = advance(true);
        }

        private byte @Nullable [] advance(boolean isFirst) {
            try {
                return isFirst ? range.first() : range.next();
            } catch (RocksDBException e) {
                throw StorageErrors.of(e);
            }
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public Topic next() {
            byte[] key = next;
            if (key == null) {
                throw new NoSuchElementException();
            }
            next = advance(false);
            return new Topic(new String(key, skip, key.length - skip, UTF_8));
        }
    }

    @Override
    public void close() {
        ranges.forEach(KeyRange::close);
    }
}
