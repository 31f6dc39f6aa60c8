package dev.belfry.rocksdb;

import dev.belfry.Epochs;
import dev.belfry.Event;
import dev.belfry.Topic;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * Walks the events by offset. One thread; the buffers are used again for each event.
 *
 * <p>It stands at an event, or at a stretch of places that cannot be read: then {@link #isLost()}, and it goes on behind {@link
 * #lostTo()}. An iterator that meets a damaged block stops for good, and one file's damage may hide another's events from it. So
 * where it fails each place is asked for by itself, until iterating works again.
 */
final class EventCursor implements AutoCloseable {
    private static final int FIRST_BUFFER_BYTES = 1024;
    /** So many places are asked for by themselves before iterating is tried again. */
    private static final int SINGLE_PLACES = 64;

    private final List<Database.Generation> generations;
    private final List<RocksIterator> iterators = new ArrayList<>(1);
    private final SinglePlaces places;
    private final Extent extent;
    private final long last;
    private final byte[] key = new byte[8];
    private byte[] value = new byte[FIRST_BUFFER_BYTES];
    private int length;
    private int current;
    private int singlesLeft;
    private long offset = -1;
    private long lostTo = -1;
    private boolean isLoaded;

    EventCursor(Database database, ReadOptions options, Extent extent) {
        this.extent = extent;
        last = extent.head;
        generations = database.generations();
        generations.forEach(generation -> iterators.add(database.rocks().newIterator(generation.family(), options)));
        places = new SinglePlaces(database, options, generations);
    }

    /** Goes to the first event at or behind an offset; false when there is none. */
    boolean seek(long target) throws RocksDBException {
        singlesLeft = 0;
        takeGenerationOf(target);
        long known = extent.damage.lostTo(target);
        if (known >= target) {
            return lose(target, known);
        }
        iterators.get(current).seek(Keys.offset(target));
        return arrive(target);
    }

    /** Goes to the next event; false when there is none. */
    boolean next() throws RocksDBException {
        if (isLost()) {
            return lostTo < last && seek(lostTo + 1);
        }
        if (singlesLeft > 1) {
            singlesLeft--;
            return pick(offset + 1);
        }
        if (singlesLeft == 1) {
            return seek(offset + 1);
        }
        iterators.get(current).next();
        return arrive(offset + 1);
    }

    /** Goes to the event at an offset; false when it is not there. True too when it cannot be read. */
    boolean moveTo(long target) throws RocksDBException {
        boolean found = (offset >= 0 && offset == target - 1 && !isLost()) ? next() : seek(target);
        return found && offset == target;
    }

    private boolean arrive(long from) throws RocksDBException {
        isLoaded = false;
        lostTo = -1;
        while (true) {
            RocksIterator iterator = iterators.get(current);
            if (iterator.isValid()) {
                iterator.key(key);
                offset = BigEndian.getLong(key, 0);
                return true;
            }
            try {
                iterator.status();
            } catch (RocksDBException e) {
                if (Damage.isDamage(e)) {
                    return pick(from);
                }
                throw e;
            }
            if (current == generations.size() - 1) {
                offset = -1;
                return false;
            }
            current++;
            iterators.get(current).seekToFirst();
        }
    }

    /** Goes on place by place. */
    private boolean pick(long from) throws RocksDBException {
        isLoaded = false;
        lostTo = -1;
        for (long at = from; at <= last; at++) {
            if (at > from && (at - from) % SINGLE_PLACES == 0 && canIterateFrom(at)) {
                return seek(at);
            }
            long known = extent.damage.lostTo(at);
            if (known >= at) {
                return lose(at, known);
            }
            try {
                if (load(at)) {
                    singlesLeft = singlesLeft == 0 ? SINGLE_PLACES : singlesLeft;
                    return true;
                }
            } catch (RocksDBException e) {
                if (!Damage.isDamage(e)) {
                    throw e;
                }
                long to = places.endOfLost(at, last);
                extent.damage.lose(at, to, e);
                return lose(at, to);
            }
            if (at < extent.oldest) {
                // retention has overtaken this: what is not there any more may have been there
                return lose(at, Math.max(at, Math.min(last, extent.oldest - 1)));
            }
        }
        offset = -1;
        return false;
    }

    private boolean canIterateFrom(long at) {
        takeGenerationOf(at);
        RocksIterator iterator = iterators.get(current);
        iterator.seek(Keys.offset(at));
        try {
            iterator.status();
            return true;
        } catch (RocksDBException e) {
            return false;
        }
    }

    private void takeGenerationOf(long target) {
        current = generations.size() - 1;
        while (current > 0 && generations.get(current).from() > target) {
            current--;
        }
    }

    private boolean load(long at) throws RocksDBException {
        length = places.get(at, value);
        if (length > value.length) {
            value = new byte[Math.max(length, 2 * value.length)];
            length = places.get(at, value);
        }
        if (length < 0) {
            return false;
        }
        offset = at;
        isLoaded = true;
        return true;
    }

    private boolean lose(long from, long to) {
        offset = from;
        lostTo = to;
        isLoaded = false;
        return true;
    }

    private byte[] load() {
        loadUpTo(Integer.MAX_VALUE);
        return value;
    }

    /** Copies so much of the value, at least: one of megabytes is not copied to find out how large it is, or what its topics are. */
    private void loadUpTo(int wanted) {
        if (isLoaded) {
            return;
        }
        RocksIterator iterator = iterators.get(current);
        length = iterator.value(value);
        int needed = Math.min(length, wanted);
        if (needed > value.length) {
            value = new byte[Math.max(needed, 2 * value.length)];
            length = iterator.value(value);
        }
        isLoaded = length <= value.length;
    }

    /** How many bytes its value has. */
    int length() {
        loadUpTo(1);
        return length;
    }

    /** The event without its data. */
    Event head(EventCodec codec, Epochs epochs) {
        loadUpTo(EventCodec.MAX_HEAD_BYTES);
        return codec.decodeHead(epochs.at(offset), value);
    }

    long offset() {
        return offset;
    }

    /** Whether the places from {@link #offset()} to {@link #lostTo()} cannot be read. They have no event to look at. */
    boolean isLost() {
        return lostTo >= 0;
    }

    long lostTo() {
        return lostTo;
    }

    /** Goes on to the first event that can be read, from where it stands; false when there is none. */
    boolean skipLost() throws RocksDBException {
        boolean found = true;
        while (found && isLost()) {
            found = next();
        }
        return found;
    }

    long timeMillis() {
        return EventCodec.timeMillis(load());
    }

    long bytesBefore() {
        return EventCodec.bytesBefore(load());
    }

    /** Whether it has more than topics to be removed with it. */
    boolean isPlain() {
        return EventCodec.isPlain(load());
    }

    boolean isPublic() {
        return EventCodec.isPublic(load());
    }

    /** The topics of one that {@link #isPlain()}. */
    List<Topic> topics(EventCodec codec) {
        return codec.plainTopics(load());
    }

    Event event(EventCodec codec, Epochs epochs) {
        byte[] loaded = load();
        return codec.decode(epochs.at(offset), loaded, length);
    }

    @Override
    public void close() {
        iterators.forEach(RocksIterator::close);
    }
}
