package dev.belfry.rocksdb;

import dev.belfry.AgeClock;
import dev.belfry.Epochs;
import dev.belfry.LogListener;
import dev.belfry.LogSettings;
import dev.belfry.Retention;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Takes the oldest events away when there are too many, too much, or too old ones. Owned by the writer thread.
 *
 * <p>An event below {@code oldest} is as good as deleted; the event itself goes with the whole file that it is in, once all of that
 * file is below. What is due is read in turns between the writes, so that none of these waits long, and put together in a {@link
 * RemovalSlice} over several turns: so one batch ends many events of a topic at once, and removing keeps up with publishing. {@link
 * View} says how readers and this get along.
 */
final class RetentionTrimmer {
    private static final int MAX_SLICE = 20_000;
    private static final int MAX_SLICE_TOPICS = 2_000;
    private static final long MAX_SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long FILES_EVERY_BYTES = 8L << 20;

    private final Retention retention;
    private final long ageMillis;
    private final AgeClock ages;
    private final Extent extent;
    private final EventCodec codec;
    private final RemovalRecorder recorder;
    private final LogListener listener;
    private @Nullable Oldest oldest;
    private long seekFrom;
    private long gone;
    private long bytesSinceFiles;
    /** What is to be removed next, and has not been. */
    private @Nullable RemovalSlice slice;
    /** What is the oldest behind it; null when that is not known. */
    private @Nullable Oldest behindSlice;

    private long sliceEnd;
    private long sliceEndBytes;
    private long writtenNanos = System.nanoTime() - MAX_SLICE_NANOS;

    RetentionTrimmer(LogSettings settings, OpenLog found, EventCodec codec, AgeClock ages) {
        retention = settings.retention();
        ageMillis = retention.age().compareTo(Duration.ofMillis(Long.MAX_VALUE)) < 0
                ? retention.age().toMillis()
                : Long.MAX_VALUE;
        this.ages = ages;
        extent = found.extent();
        gone = found.values().gone();
        recorder = new RemovalRecorder(settings.removals(), found.values().removals());
        listener = settings.listener();
        this.codec = codec;
        seekFrom = extent.oldest;
    }

    /** The first place that is kept, and what the event there tells, or the one behind it when that cannot be read. */
    private record Oldest(long offset, long timeMillis, long bytesBefore) {}

    /** Forgets what it knew, after the database was opened anew. */
    void reset(Database database) throws RocksDBException {
        oldest = null;
        seekFrom = extent.oldest;
        slice = null;
        recorder.reset(database, extent.oldest);
        byte[] value = database.rocks().get(database.meta(), Keys.GONE);
        gone = value == null ? gone : BigEndian.getLong(value, 0);
    }

    /** Where it is remembered what is removed. */
    RemovalRecorder recorder() {
        return recorder;
    }

    /** How many events are gone, those too that are not its own. */
    long gone() {
        return gone;
    }

    MetaCodec.Removals removals() {
        return recorder.removals();
    }

    /** Is told that events between oldest and head are gone. Nothing of a slice is among them. */
    void removed(Collection<Long> offsets) {
        gone += offsets.size();
        if (oldest != null && offsets.contains(oldest.offset)) {
            seekFrom = oldest.offset + 1;
            oldest = null;
        }
    }

    /** Whether an event need not be kept any more. */
    boolean isDue(Database database, MetaCodec.Head head) throws RocksDBException {
        try (ReadOptions options = new ReadOptions();
                EventCursor events = new EventCursor(database, options, extent)) {
            return events.seek(oldest == null ? seekFrom : oldest.offset)
                    && isTooMuch(here(database, events, head), head, 0);
        }
    }

    /** Removes some of what is due, or makes ready to; returns whether that was enough, or more is due at once. */
    boolean trim(Database database, MetaCodec.Head head, long nowMillis, int most) throws RocksDBException {
        int left = most;
        boolean isMoreDue;
        do {
            int before = count();
            isMoreDue = collect(database, head, nowMillis, left);
            left -= count() - before;
            if (slice != null && isFull(slice, isMoreDue)) {
                flush(database, nowMillis);
            }
        } while (isMoreDue && left > 0);
        extent.keptEvents = Math.max(0, head.events() - gone);
        extent.keptBytes = oldest == null ? 0 : head.bytes() - oldest.bytesBefore;
        return isMoreDue;
    }

    /** Removes all of what is due at once, up to a number of events. Returns whether there was any. */
    boolean trimNow(Database database, MetaCodec.Head head, long nowMillis, int most) throws RocksDBException {
        collect(database, head, nowMillis, most);
        boolean isAny = slice != null;
        flush(database, nowMillis);
        return isAny;
    }

    /** Whether something is ready to be removed and waits for more. */
    boolean isWaiting() {
        return slice != null;
    }

    private boolean isFull(RemovalSlice slice, boolean isMoreDue) {
        return slice.count() >= MAX_SLICE
                || slice.topics() >= MAX_SLICE_TOPICS
                || slice.ageNanos() >= MAX_SLICE_NANOS
                // a quiet log's events go at once
                || (!isMoreDue && System.nanoTime() - writtenNanos >= MAX_SLICE_NANOS);
    }

    private boolean collect(Database database, MetaCodec.Head head, long nowMillis, int most) throws RocksDBException {
        int before = slice == null ? 0 : slice.count();
        Oldest first = slice == null ? oldest : behindSlice;
        long from = slice == null ? seekFrom : sliceEnd;
        boolean isNothingDue = first == null ? from > head.offset() : !isTooMuch(first, head, before);
        if (isNothingDue) {
            return false;
        }
        try (ReadOptions options = new ReadOptions().setFillCache(false);
                EventCursor events = new EventCursor(database, options, extent)) {
            boolean found = events.seek(first == null ? from : first.offset);
            first = found ? here(database, events, head) : null;
            while (first != null && isTooMuch(first, head, count()) && count() - before < most && !isCrowded()) {
                if (slice == null) {
                    oldest = first;
                    slice = new RemovalSlice(first.bytesBefore);
                }
                slice.add(events, codec, extent.epochs, nowMillis);
                sliceEnd = (events.isLost() ? events.lostTo() : events.offset()) + 1;
                first = events.next() ? here(database, events, head) : null;
            }
        }
        if (slice == null) {
            oldest = first;
            seekFrom = first == null ? head.offset() + 1 : first.offset;
            return false;
        }
        if (first == null) {
            sliceEnd = head.offset() + 1;
        }
        behindSlice = first;
        sliceEndBytes = first == null ? head.bytes() : first.bytesBefore;
        return first != null && isTooMuch(first, head, count());
    }

    private int count() {
        return slice == null ? 0 : slice.count();
    }

    private boolean isCrowded() {
        return slice != null && (slice.count() >= MAX_SLICE || slice.topics() >= MAX_SLICE_TOPICS);
    }

    private Oldest here(Database database, EventCursor events, MetaCodec.Head head) throws RocksDBException {
        if (!events.isLost()) {
            return new Oldest(events.offset(), events.timeMillis(), events.bytesBefore());
        }
        try (ReadOptions options = new ReadOptions();
                EventCursor behind = new EventCursor(database, options, extent)) {
            return behind.seek(events.lostTo() + 1) && behind.skipLost()
                    ? new Oldest(events.offset(), behind.timeMillis(), behind.bytesBefore())
                    : new Oldest(events.offset(), head.timeMillis(), head.bytes());
        }
    }

    private boolean isTooMuch(Oldest first, MetaCodec.Head head, int removed) {
        return head.events() - gone - removed > retention.events()
                || head.bytes() - first.bytesBefore > retention.bytes()
                || ages.millisFor(first.offset) - first.timeMillis >= ageMillis;
    }

    /** Removes what is ready. */
    void flush(Database database, long nowMillis) throws RocksDBException {
        RemovalSlice ready = slice;
        if (ready == null) {
            return;
        }
        write(database, ready, nowMillis);
        oldest = behindSlice;
        seekFrom = sliceEnd;
        slice = null;
        writtenNanos = System.nanoTime();
        long bytes = sliceEndBytes - ready.bytesBefore();
        extent.damage.forgetBelow(extent.oldest);
        dropFiles(database, bytes);
        listener.trimmed(ready.count(), bytes);
    }

    private void write(Database database, RemovalSlice ready, long nowMillis) throws RocksDBException {
        try (WriteBatch batch = new WriteBatch();
                WriteOptions options = new WriteOptions()) {
            ready.deleteIndex(database, batch, sliceEnd);
            RemovalRecorder.Change change = recorder.put(database, batch, ready.removed(), ready.lostTo(), nowMillis);
            Epochs epochs = extent.epochs.trim(change.removals().forgotten(), sliceEnd);
            batch.put(database.meta(), Keys.OLDEST, Keys.offset(sliceEnd));
            batch.put(database.meta(), Keys.GONE, Keys.offset(gone + ready.count()));
            extent.removedTo = Math.max(extent.removedTo, change.removals().newest());
            if (epochs != extent.epochs) {
                batch.put(database.meta(), Keys.EPOCHS, MetaCodec.encode(epochs));
            }
            database.rocks().write(options, batch);
            recorder.written(change);
            gone += ready.count();
            extent.oldest = sliceEnd;
            extent.epochs = epochs;
        }
    }

    private void dropFiles(Database database, long bytes) throws RocksDBException {
        bytesSinceFiles += bytes;
        if (bytesSinceFiles >= FILES_EVERY_BYTES || database.generations().size() > 1) {
            bytesSinceFiles = 0;
            DeadEvents.dropFiles(database, extent.oldest);
        }
    }
}
