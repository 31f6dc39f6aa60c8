package dev.belfry.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.RemovalLimits;
import dev.belfry.Removed;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/**
 * Remembers what retention removes, topic by topic, in the batch that removes it; and forgets the oldest topics when there are too
 * many or too old ones. Owned by the writer thread.
 */
final class RemovalRecorder {
    /** More than the topics of a slice, so that it gets on though more were remembered than may be. */
    private static final int MAX_FORGOTTEN = 4_000;

    private final RemovalLimits limits;
    private final long ageMillis;
    private MetaCodec.Removals removals;
    private Front front = new Front(0, 0);

    /**
     * The oldest topic in the order.
     *
     * @param offset before it nothing is left but tombstones, which a seek from the start would walk over
     * @param dueMillis not before this is it too old
     */
    private record Front(long offset, long dueMillis) {}

    /** What a batch changes, once it is written. */
    record Change(MetaCodec.Removals removals, Front front) {}

    RemovalRecorder(RemovalLimits limits, MetaCodec.Removals removals) {
        this.limits = limits;
        this.removals = removals;
        ageMillis = limits.age().compareTo(Duration.ofMillis(Long.MAX_VALUE / 2)) < 0
                ? limits.age().toMillis()
                : Long.MAX_VALUE / 2;
    }

    /**
     * Adds to a batch what is to be remembered of the events that it removes, by topic.
     *
     * @param lostTo up to here events are removed that cannot be read, so that nobody knows their topics; 0 for none
     */
    Change put(Database database, WriteBatch batch, Map<String, Removed> slice, long lostTo, long nowMillis)
            throws RocksDBException {
        long topics = removals.topics();
        long newest = Math.max(removals.newest(), lostTo);
        for (Map.Entry<String, Removed> entry : slice.entrySet()) {
            byte[] topic = entry.getKey().getBytes(UTF_8);
            topics += put(database, batch, topic, entry.getValue(), nowMillis) ? 1 : 0;
            newest = Math.max(newest, entry.getValue().newest());
        }
        long forgotten = Math.max(removals.forgotten(), lostTo);
        Change change = new Change(new MetaCodec.Removals(topics, forgotten, newest), front);
        if (topics > limits.topics() || nowMillis >= front.dueMillis) {
            change = forget(database, batch, slice, change.removals, nowMillis);
        }
        batch.put(database.meta(), Keys.REMOVED, MetaCodec.encode(change.removals));
        return change;
    }

    /** Returns whether the topic is new. */
    private static boolean put(Database database, WriteBatch batch, byte[] topic, Removed removed, long nowMillis)
            throws RocksDBException {
        byte[] before = database.rocks().get(database.trimmed(), topic);
        Removed all = removed;
        if (before != null) {
            Removed earlier = MetaCodec.removed(before);
            batch.delete(database.trimmedOrder(), Keys.order(earlier.newest(), topic));
            all = earlier.and(removed);
        }
        batch.put(database.trimmed(), topic, MetaCodec.encode(all));
        batch.put(database.trimmedOrder(), Keys.order(all.newest(), topic), Keys.offset(nowMillis));
        return before == null;
    }

    private Change forget(
            Database database, WriteBatch batch, Map<String, Removed> slice, MetaCodec.Removals now, long nowMillis)
            throws RocksDBException {
        long topics = now.topics();
        long forgotten = now.forgotten();
        try (ReadOptions options = new ReadOptions();
                RocksIterator order = database.rocks().newIterator(database.trimmedOrder(), options)) {
            order.seek(Keys.offset(front.offset));
            for (int i = 0; order.isValid() && i < MAX_FORGOTTEN; i++, order.next()) {
                byte[] key = order.key();
                String topic = new String(key, 8, key.length - 8, UTF_8);
                if (slice.containsKey(topic)) {
                    continue; // it has just got another place
                }
                long offset = BigEndian.getLong(key, 0);
                long dueMillis = BigEndian.getLong(order.value(), 0) + ageMillis;
                if (topics <= limits.topics() && nowMillis < dueMillis) {
                    return change(topics, forgotten, now.newest(), new Front(offset, dueMillis));
                }
                batch.delete(database.trimmedOrder(), key);
                batch.delete(database.trimmed(), topic.getBytes(UTF_8));
                forgotten = Math.max(forgotten, offset);
                topics--;
            }
            order.status();
        }
        return change(topics, forgotten, now.newest(), new Front(Math.max(front.offset, forgotten), nowMillis));
    }

    private static Change change(long topics, long forgotten, long newest, Front front) {
        return new Change(new MetaCodec.Removals(topics, forgotten, newest), front);
    }

    /** Is told that the batch with the change is written. */
    void written(Change change) {
        removals = change.removals;
        front = change.front;
    }

    MetaCodec.Removals removals() {
        return removals;
    }

    /** Takes up what a database that was opened anew has. */
    void reset(Database database, long oldest) throws RocksDBException {
        byte @Nullable [] value = database.rocks().get(database.meta(), Keys.REMOVED);
        removals = MetaCodec.removals(value, oldest);
        front = new Front(0, 0);
    }
}
