package dev.belfry.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.Event;
import dev.belfry.LogStore.Deleted;
import dev.belfry.Removed;
import dev.belfry.Topic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Deletes the events of a topic, some at a time, and remembers in the same batch that they are missing. Owned by the writer thread.
 */
final class TopicDeletion {
    private static final int MAX_EVENTS = 1_000;
    private static final long MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

    private final Extent extent;
    private final EventCodec codec;
    private final RetentionTrimmer retention;

    TopicDeletion(Extent extent, EventCodec codec, RetentionTrimmer retention) {
        this.extent = extent;
        this.codec = codec;
        this.retention = retention;
    }

    /** Deletes some; the last part, and with it those before, is on the disk when it returns if it is to be synced. */
    Deleted proceed(Database database, Topic topic, long from, long upTo, long nowMillis, boolean sync)
            throws RocksDBException {
        if (extent.indexedFrom > extent.oldest) {
            // some of the topic's events would stay, and nobody would know
            throw StorageErrors.of(new RocksDBException("the index of topics was damaged, and is not whole yet"));
        }
        // what waits to be removed may be among it, and would be counted twice
        retention.flush(database, nowMillis);
        Part part = new Part(database, nowMillis);
        try (WriteBatch batch = new WriteBatch()) {
            long next = part.collect(topic.name().getBytes(UTF_8), Math.max(from, extent.oldest), upTo, batch);
            boolean isMore = next <= upTo;
            part.write(batch, sync && !isMore);
            return new Deleted(part.offsets.size(), next, isMore);
        }
    }

    /** What one batch deletes. */
    private final class Part {
        private final Database database;
        private final long nowMillis;
        private final List<Long> offsets = new ArrayList<>();
        private final Map<String, Removed> removed = new HashMap<>();

        Part(Database database, long nowMillis) {
            this.database = database;
            this.nowMillis = nowMillis;
        }

        /** Returns the offset to go on from. */
        long collect(byte[] topic, long from, long upTo, WriteBatch batch) throws RocksDBException {
            EventKeys keys = new EventKeys(database, batch);
            long beganNanos = System.nanoTime();
            try (Slice end = new Slice(Keys.topic(topic, upTo + 1));
                    ReadOptions options = new ReadOptions().setIterateUpperBound(end);
                    ReadOptions plain = new ReadOptions().setFillCache(false);
                    RocksIterator index = database.rocks().newIterator(database.topics(), options);
                    EventCursor events = new EventCursor(database, plain, extent)) {
                for (index.seek(Keys.topic(topic, from)); index.isValid(); index.next()) {
                    byte[] key = index.key();
                    long offset = Keys.offsetOfTopicKey(key);
                    if (offsets.size() >= MAX_EVENTS
                            || (System.nanoTime() - beganNanos >= MAX_NANOS && !offsets.isEmpty())) {
                        return offset;
                    }
                    batch.delete(database.topics(), key);
                    delete(events, offset, keys);
                }
                index.status();
                return upTo + 1;
            }
        }

        /** What cannot be read is a gap already. */
        private void delete(EventCursor events, long offset, EventKeys keys) throws RocksDBException {
            if (!events.moveTo(offset) || events.isLost()) {
                return;
            }
            Event event = events.event(codec, extent.epochs);
            keys.delete(event);
            offsets.add(offset);
            if (!event.isExpired(Instant.ofEpochMilli(nowMillis))) {
                event.topics().forEach(of -> removed.merge(of.name(), Removed.of(event), Removed::and));
            }
        }

        void write(WriteBatch batch, boolean sync) throws RocksDBException {
            try (WriteOptions options = new WriteOptions().setSync(sync)) {
                RemovalRecorder.@Nullable Change change = null;
                if (!removed.isEmpty()) {
                    change = retention.recorder().put(database, batch, removed, 0, nowMillis);
                    // before it is written: a reader that sees the events gone looks whether it lacks them
                    extent.removedTo =
                            Math.max(extent.removedTo, change.removals().newest());
                }
                batch.put(database.meta(), Keys.GONE, Keys.offset(retention.gone() + offsets.size()));
                database.rocks().write(options, batch);
                if (change != null) {
                    retention.recorder().written(change);
                }
                retention.removed(offsets);
            }
        }
    }
}
