package dev.belfry.rocksdb;

import dev.belfry.Epochs;
import dev.belfry.Event;
import dev.belfry.LogListener;
import dev.belfry.LogSettings;
import dev.belfry.Removed;
import dev.belfry.Retention;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Takes the oldest events away when there are too many, too much, or too old ones. Owned by the writer thread.
 *
 * <p>An event below {@code oldest} is as good as deleted. Its index entries are deleted one by one; the event itself goes
 * with the whole file that it is in, once all of that file is below. RocksDB's range deletion would leave a tombstone for each
 * call, of which there can be thousands a second, and every read would have to pass them. {@link View} says how readers and
 * this get along.
 */
final class RetentionTrimmer {
    private static final int MAX_SLICE = 2_000;
    private static final long FILES_EVERY_BYTES = 8L << 20;

    private final Retention retention;
    private final long ageMillis;
    private final Extent extent;
    private final EventCodec codec;
    private final RemovalRecorder recorder;
    private final LogListener listener;
    private @Nullable Oldest oldest;
    private long seekFrom;
    private long gone;
    private long bytesSinceFiles;

    RetentionTrimmer(LogSettings settings, OpenLog found, EventCodec codec) {
        retention = settings.retention();
        ageMillis = retention.age().compareTo(Duration.ofMillis(Long.MAX_VALUE)) < 0
                ? retention.age().toMillis()
                : Long.MAX_VALUE;
        extent = found.extent();
        gone = found.gone();
        recorder = new RemovalRecorder(settings.removals(), found.removals());
        listener = settings.listener();
        this.codec = codec;
        seekFrom = extent.oldest;
    }

    private record Oldest(long offset, long timeMillis, long bytesBefore) {
        static Oldest at(EventCursor events) {
            return new Oldest(events.offset(), events.timeMillis(), events.bytesBefore());
        }
    }

    /** Forgets what it knew, after the database was opened anew. */
    void reset(Database database) throws RocksDBException {
        oldest = null;
        seekFrom = extent.oldest;
        recorder.reset(database, extent.oldest);
        byte[] value = database.rocks().get(database.meta(), Keys.GONE);
        gone = value == null ? gone : BigEndian.getLong(value, 0);
    }

    /** How many events are gone, those too that are not its own. */
    long gone() {
        return gone;
    }

    /** Is told that events between oldest and head are gone. */
    void removed(Collection<Long> offsets) {
        gone += offsets.size();
        if (oldest != null && offsets.contains(oldest.offset)) {
            seekFrom = oldest.offset + 1;
            oldest = null;
        }
    }

    /** Whether an event need not be kept any more. */
    boolean isDue(Database database, MetaCodec.Head head, long nowMillis) throws RocksDBException {
        try (ReadOptions options = new ReadOptions();
                EventCursor events = new EventCursor(database, options)) {
            return events.seek(oldest == null ? seekFrom : oldest.offset)
                    && isTooMuch(Oldest.at(events), head, 0, nowMillis);
        }
    }

    /** Removes a slice of what is due; returns whether there was any. */
    boolean trim(Database database, MetaCodec.Head head, long nowMillis) throws RocksDBException {
        boolean isNothingDue = oldest == null ? seekFrom > head.offset() : !isTooMuch(oldest, head, 0, nowMillis);
        boolean removed = !isNothingDue && look(database, head, nowMillis);
        extent.keptEvents = head.events() - gone;
        extent.keptBytes = oldest == null ? 0 : head.bytes() - oldest.bytesBefore;
        return removed;
    }

    private boolean look(Database database, MetaCodec.Head head, long nowMillis) throws RocksDBException {
        try (ReadOptions options = new ReadOptions();
                EventCursor events = new EventCursor(database, options)) {
            if (!events.seek(oldest == null ? seekFrom : oldest.offset)) {
                oldest = null;
                seekFrom = head.offset() + 1;
            } else if (isTooMuch(Oldest.at(events), head, 0, nowMillis)) {
                trim(database, events, head, nowMillis);
                return true;
            } else {
                oldest = Oldest.at(events);
            }
            return false;
        }
    }

    private boolean isTooMuch(Oldest first, MetaCodec.Head head, int removed, long nowMillis) {
        return head.events() - gone - removed > retention.events()
                || head.bytes() - first.bytesBefore > retention.bytes()
                || nowMillis - first.timeMillis >= ageMillis;
    }

    private void trim(Database database, EventCursor events, MetaCodec.Head head, long nowMillis)
            throws RocksDBException {
        long newOldest = extent.oldest;
        long bytes = 0;
        int count = 0;
        boolean found = true;
        Map<String, Removed> removed = new HashMap<>();
        try (WriteBatch batch = new WriteBatch()) {
            EventKeys keys = new EventKeys(database, batch);
            for (; count < MAX_SLICE && found && isTooMuch(Oldest.at(events), head, count, nowMillis); count++) {
                Event event = events.event(codec, extent.epochs);
                keys.deleteIndex(event);
                remember(event, removed, nowMillis);
                newOldest = events.offset() + 1;
                bytes -= events.bytesBefore();
                found = events.next();
                bytes += found ? events.bytesBefore() : head.bytes();
            }
            write(database, batch, removed, newOldest, count, nowMillis);
        }
        oldest = found ? Oldest.at(events) : null;
        seekFrom = found ? newOldest : head.offset() + 1;
        dropFiles(database, bytes);
        listener.trimmed(count, bytes);
    }

    /** Nobody misses an event whose own time is over. */
    private static void remember(Event event, Map<String, Removed> removed, long nowMillis) {
        if (!event.isExpired(Instant.ofEpochMilli(nowMillis))) {
            Removed one = Removed.of(event);
            event.topics().forEach(topic -> removed.merge(topic.name(), one, Removed::and));
        }
    }

    private void write(
            Database database,
            WriteBatch batch,
            Map<String, Removed> removed,
            long newOldest,
            int count,
            long nowMillis)
            throws RocksDBException {
        RemovalRecorder.Change change = recorder.put(database, batch, removed, nowMillis);
        Epochs epochs = extent.epochs.trim(change.removals().forgotten(), newOldest);
        batch.put(database.meta(), Keys.OLDEST, Keys.offset(newOldest));
        batch.put(database.meta(), Keys.GONE, Keys.offset(gone + count));
        if (epochs != extent.epochs) {
            batch.put(database.meta(), Keys.EPOCHS, MetaCodec.encode(epochs));
        }
        try (WriteOptions options = new WriteOptions()) {
            database.rocks().write(options, batch);
        }
        recorder.written(change);
        gone += count;
        extent.oldest = newOldest;
        extent.epochs = epochs;
    }

    private void dropFiles(Database database, long bytes) throws RocksDBException {
        bytesSinceFiles += bytes;
        if (bytesSinceFiles >= FILES_EVERY_BYTES) {
            bytesSinceFiles = 0;
            DeadEvents.dropFiles(database, extent.oldest);
        }
    }
}
