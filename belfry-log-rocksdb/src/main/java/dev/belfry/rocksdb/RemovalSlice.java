package dev.belfry.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.Epochs;
import dev.belfry.Event;
import dev.belfry.Removed;
import dev.belfry.Topic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Events that one batch is to remove, put together by topic: many events of a topic go out of its index by one range deletion, and
 * are one entry in the memory of what was removed. Owned by the writer thread.
 */
final class RemovalSlice {
    /** From so many events on. A range deletion costs readers of the index something, until it is compacted away. */
    private static final int RANGE = 32;

    private static final int MAX_RANGES = 128;

    private final Map<String, Entries> topics = new HashMap<>();
    private final List<Event> others = new ArrayList<>();
    private final long beganNanos = System.nanoTime();
    private final long bytesBefore;
    private int count;
    private long lostTo;

    /** Begins with an event that has so many bytes before it. */
    RemovalSlice(long bytesBefore) {
        this.bytesBefore = bytesBefore;
    }

    long bytesBefore() {
        return bytesBefore;
    }

    /** The offsets of a topic, ascending, and the newest of each kind that somebody may miss. */
    private static final class Entries {
        private long[] offsets = new long[4];
        private int count;
        private long publicOffset;
        private long privateOffset;
        private long sharedOffset;

        void add(long offset) {
            if (count == offsets.length) {
                offsets = Arrays.copyOf(offsets, 2 * count);
            }
            offsets[count++] = offset;
        }

        void miss(long offset, boolean isPublic, int topics) {
            if (isPublic) {
                publicOffset = offset;
            } else if (topics == 1) {
                privateOffset = offset;
            } else {
                sharedOffset = offset;
            }
        }

        Removed removed() {
            return new Removed(publicOffset, privateOffset, sharedOffset);
        }
    }

    /** Adds the event at which a cursor stands, or the places that cannot be read there. */
    void add(EventCursor events, EventCodec codec, Epochs epochs, long nowMillis) {
        if (events.isLost()) {
            lostTo = events.lostTo();
            count += (int) Math.min(Integer.MAX_VALUE / 2, events.lostTo() - events.offset() + 1);
            return;
        }
        count++;
        if (events.isPlain()) {
            add(events.topics(codec), events.offset(), events.isPublic(), true);
        } else {
            Event event = events.event(codec, epochs);
            others.add(event);
            // nobody misses an event whose own time is over
            boolean isMissed = !event.isExpired(Instant.ofEpochMilli(nowMillis));
            add(event.topics(), events.offset(), event.notification().isPublic(), isMissed);
        }
    }

    private void add(List<Topic> of, long offset, boolean isPublic, boolean isMissed) {
        for (int i = 0; i < of.size(); i++) {
            Entries entries = topics.computeIfAbsent(of.get(i).name(), name -> new Entries());
            entries.add(offset);
            if (isMissed) {
                entries.miss(offset, isPublic, of.size());
            }
        }
    }

    int count() {
        return count;
    }

    int topics() {
        return topics.size();
    }

    long ageNanos() {
        return System.nanoTime() - beganNanos;
    }

    /** The last place that could not be read; 0 for none. */
    long lostTo() {
        return lostTo;
    }

    /** What is to be remembered of each topic. */
    Map<String, Removed> removed() {
        Map<String, Removed> removed = new HashMap<>(2 * topics.size());
        topics.forEach((name, entries) -> {
            if (entries.removed().newest() > 0) {
                removed.put(name, entries.removed());
            }
        });
        return removed;
    }

    /** Deletes all that the indexes have of them. */
    void deleteIndex(Database database, WriteBatch batch, long oldest) throws RocksDBException {
        int ranges = 0;
        for (Map.Entry<String, Entries> topic : topics.entrySet()) {
            byte[] name = topic.getKey().getBytes(UTF_8);
            Entries entries = topic.getValue();
            if (entries.count >= RANGE && ranges++ < MAX_RANGES) {
                batch.deleteRange(database.topics(), Keys.topic(name, entries.offsets[0]), Keys.topic(name, oldest));
            } else {
                for (int i = 0; i < entries.count; i++) {
                    batch.delete(database.topics(), Keys.topic(name, entries.offsets[i]));
                }
            }
        }
        EventKeys keys = new EventKeys(database, batch);
        for (Event event : others) {
            keys.deleteNames(event);
        }
    }
}
