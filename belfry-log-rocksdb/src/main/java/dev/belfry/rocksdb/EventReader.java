package dev.belfry.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.BelfryException.LogStorage;
import dev.belfry.Chunk;
import dev.belfry.EventFilter;
import dev.belfry.Gap;
import dev.belfry.Position;
import dev.belfry.ReadLimits;
import dev.belfry.Topic;
import dev.belfry.TopicPage;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Reads the log for its subscribers, by any thread. It walks the events, or, when the patterns name few topics, the topic
 * index and only those events that it names.
 */
final class EventReader {
    /** So near to the head, walking over the events of others costs less than seeking in the index. */
    private static final long SHORT_WALK = 16;

    /** So many places are looked up at first, for most reads have enough bytes long before they have enough events. */
    private static final int FIRST_STRETCH = 128;

    private final Extent extent;
    private final Clock clock;
    private final EventCodec codec;
    private final LongAdder decoded = new LongAdder();

    EventReader(Extent extent, Clock clock, EventCodec codec) {
        this.extent = extent;
        this.clock = clock;
        this.codec = codec;
    }

    /** How many events were decoded since the start, for all readers. */
    long decoded() {
        return decoded.sum();
    }

    Chunk read(Database database, EventFilter filter, Position after, ReadLimits limits) throws RocksDBException {
        try (View view = new View(database, extent, after.offset())) {
            Gap.Reason reason = gapReason(view, filter, after);
            // in front of the oldest the indexes have nothing but tombstones
            long start = reason == null ? Math.max(after.offset(), view.oldest - 1) : view.oldest - 1;
            long lackTo = reason == null ? lackTo(view, filter, start) : 0;
            if (lackTo > 0) {
                return readAround(view, filter, after, start, lackTo, limits);
            }
            return read(view, filter, start, view.head, limits, after, gap(view, after, reason));
        }
    }

    private Chunk read(
            View view, EventFilter filter, long start, long end, ReadLimits limits, Position after, @Nullable Gap gap)
            throws RocksDBException {
        Collector collector = new Collector(filter, limits, clock.instant(), gap != null);
        long next = collect(view, filter, start, end, collector);
        decoded.add(collector.looked());
        Gap told = collector.lostTo() > 0 ? damage(view, after, start, Math.min(collector.lostTo(), end)) : gap;
        return new Chunk(collector.events(), view.epochs.at(next), next >= view.head, told);
    }

    /** First what is kept in front of what was deleted, and then the gap. */
    private Chunk readAround(View view, EventFilter filter, Position after, long start, long lackTo, ReadLimits limits)
            throws RocksDBException {
        Chunk before = read(view, filter, start, lackTo - 1, limits, after, null);
        if (!before.events().isEmpty() || before.gap() != null || before.next().offset() < lackTo - 1) {
            return before;
        }
        Gap gap = new Gap(
                requested(view, after, start),
                view.epochs.at(lackTo + 1),
                view.epochs.at(view.head),
                Gap.Reason.REMOVED);
        return read(view, filter, lackTo, view.head, limits, after, gap);
    }

    /** Up to where events were deleted that a reader would have got; 0 when it lacks none. */
    private long lackTo(View view, EventFilter filter, long start) throws RocksDBException {
        if (start >= extent.removedTo || !view.isOldestKnown) {
            return 0;
        }
        try (RemovalView removals = new RemovalView(view)) {
            return Math.min(removals.lackTo(filter, start), view.head);
        } catch (RocksDBException e) {
            suspect(e);
            return 0;
        } catch (LogStorage e) {
            suspect(cause(e));
            return 0;
        }
    }

    private Gap.@Nullable Reason gapReason(View view, EventFilter filter, Position after) throws RocksDBException {
        if (after.equals(Position.EARLIEST)) {
            return null;
        }
        Gap.Reason reason = view.epochs.check(after, view.head);
        if (reason != null || after.offset() >= view.oldest - 1) {
            return reason;
        }
        if (!view.isOldestKnown) {
            return Gap.Reason.TRIMMED;
        }
        try (RemovalView removals = new RemovalView(view)) {
            return removals.mayLack(filter, after.offset()) ? Gap.Reason.TRIMMED : null;
        } catch (RocksDBException e) {
            suspect(e);
            return Gap.Reason.TRIMMED; // it cannot be read what was removed
        } catch (LogStorage e) {
            suspect(cause(e));
            return Gap.Reason.TRIMMED;
        }
    }

    private static RocksDBException cause(LogStorage e) {
        if (e.getCause() instanceof RocksDBException cause) {
            return cause;
        }
        throw e;
    }

    /** Leaves it to the writer thread to repair what is damaged beside the events; throws what is another error. */
    private void suspect(RocksDBException e) throws RocksDBException {
        if (!Damage.isDamage(e)) {
            throw e;
        }
        extent.damage.suspect(e);
    }

    /** A client that keeps its id goes on behind what cannot be read. */
    private static Gap damage(View view, Position after, long start, long lostTo) {
        return new Gap(
                requested(view, after, start),
                view.epochs.at(lostTo + 1),
                view.epochs.at(view.head),
                Gap.Reason.DAMAGED);
    }

    private static Position requested(View view, Position after, long start) {
        return after.equals(Position.EARLIEST) ? view.epochs.at(start) : after;
    }

    private static @Nullable Gap gap(View view, Position after, Gap.@Nullable Reason reason) {
        return reason == null ? null : new Gap(after, view.epochs.at(view.oldest), view.epochs.at(view.head), reason);
    }

    /** Returns the last offset that was looked at. */
    private long collect(View view, EventFilter filter, long start, long end, Collector collector)
            throws RocksDBException {
        if (start >= end) {
            return end;
        }
        TopicIndex index = new TopicIndex(view);
        Collection<byte[]> topics =
                end - start <= SHORT_WALK || start + 1 < extent.indexedFrom ? null : topicsOf(index, filter);
        return topics == null ? walk(view, start, end, collector) : jump(view, index, topics, start, end, collector);
    }

    private @Nullable Collection<byte[]> topicsOf(TopicIndex index, EventFilter filter) throws RocksDBException {
        try {
            return index.topicsOf(filter.selectors());
        } catch (RocksDBException e) {
            suspect(e);
            return null;
        }
    }

    private long walk(View view, long start, long end, Collector collector) throws RocksDBException {
        EventCursor events = view.events;
        collector.begin();
        for (boolean found = events.seek(start + 1); found && events.offset() <= end; found = events.next()) {
            if (!look(view, collector, Math.min(events.lostTo(), end))) {
                return events.offset() - 1;
            }
            if (collector.isFull()) {
                return events.isLost() ? Math.min(events.lostTo(), end) : events.offset();
            }
        }
        return end;
    }

    /** Looks at where the view's events stand; false when the read has to end in front of it. */
    private boolean look(View view, Collector collector, long lostTo) {
        if (view.events.isLost()) {
            return collector.lose(Math.min(lostTo, view.head));
        }
        collector.look(view.events.event(codec, view.epochs));
        return true;
    }

    private long jump(View view, TopicIndex index, Collection<byte[]> topics, long start, long end, Collector collector)
            throws RocksDBException {
        long looked = start;
        int stretch = FIRST_STRETCH;
        while (looked < end) {
            int wanted = Math.min(collector.room(), stretch);
            stretch = 2 * wanted;
            TopicIndex.Offsets offsets;
            try {
                offsets = index.offsets(topics, looked + 1, wanted);
            } catch (RocksDBException e) {
                suspect(e);
                return walk(view, looked, end, collector);
            }
            collector.begin();
            for (long offset : offsets.sorted()) {
                if (offset > end) {
                    return end;
                }
                if (view.events.moveTo(offset)) {
                    if (!look(view, collector, offset)) {
                        return offset - 1;
                    }
                    if (collector.isFull()) {
                        return offset;
                    }
                }
            }
            looked = Math.min(offsets.horizon(), end);
            if (collector.isLate()) {
                return looked;
            }
        }
        return end;
    }

    /** The place behind the last event that is not later than a time: a binary search, as times never fall. */
    Position positionAt(Database database, Instant time) throws RocksDBException {
        try (View view = new View(database, extent, 0)) {
            long low = view.oldest;
            long high = view.head + 1;
            while (low < high) {
                long middle = low + (high - low) / 2;
                boolean found = view.events.seek(middle) && view.events.skipLost() && view.events.offset() <= view.head;
                if (!found || Instant.ofEpochMilli(view.events.timeMillis()).isAfter(time)) {
                    high = middle;
                } else {
                    low = view.events.offset() + 1;
                }
            }
            return view.epochs.at(low - 1);
        }
    }

    /** As {@link dev.belfry.EventLog#topics}. */
    TopicPage topics(Database database, String prefix, Position before, ReadLimits limits) throws RocksDBException {
        try (View view = new View(database, extent, 0)) {
            return new TopicWalk(view, codec, prefix, limits).back(before.offset());
        }
    }

    /** As {@link dev.belfry.EventLog#newestOf}. */
    Optional<Position> newestOf(Database database, Topic topic) throws RocksDBException {
        try (View view = new View(database, extent, 0)) {
            long newest = new TopicIndex(view).newestOf(topic);
            return newest == 0 ? Optional.empty() : Optional.of(view.epochs.at(newest));
        }
    }

    /** The first kept event with an alias: a seek in the index, past what is left of removed ones. */
    Optional<Position> positionOf(Database database, String alias) throws RocksDBException {
        byte[] name = alias.getBytes(UTF_8);
        try (View view = new View(database, extent, 0);
                KeyRange kept = new KeyRange(
                        view, database.aliases(), Keys.named(name, view.oldest), Keys.named(name, view.head + 1))) {
            byte[] first = kept.first();
            return first == null ? Optional.empty() : Optional.of(view.epochs.at(Keys.offsetOfNamedKey(first)));
        } catch (RocksDBException e) {
            suspect(e);
            return Optional.empty();
        }
    }
}
