package dev.belfry.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.BelfryException.LogStorage;
import dev.belfry.Chunk;
import dev.belfry.EventFilter;
import dev.belfry.Gap;
import dev.belfry.Position;
import dev.belfry.ReadLimits;
import dev.belfry.ReadRoom;
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
            Collector collector = new Collector(filter, limits, clock.instant(), reason != null);
            long next = collect(view, filter, start, collector);
            decoded.add(collector.looked());
            Gap gap = collector.lostTo() > 0
                    ? damage(view, after, start, Math.min(collector.lostTo(), view.head))
                    : gap(view, after, reason);
            return new Chunk(collector.events(), view.epochs.at(next), next >= view.head, gap);
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
        Position requested = after.equals(Position.EARLIEST) ? view.epochs.at(start) : after;
        return new Gap(requested, view.epochs.at(lostTo + 1), view.epochs.at(view.head), Gap.Reason.DAMAGED);
    }

    private static @Nullable Gap gap(View view, Position after, Gap.@Nullable Reason reason) {
        return reason == null ? null : new Gap(after, view.epochs.at(view.oldest), view.epochs.at(view.head), reason);
    }

    /** Returns the last offset that was looked at. */
    private long collect(View view, EventFilter filter, long start, Collector collector) throws RocksDBException {
        if (start >= view.head) {
            return view.head;
        }
        TopicIndex index = new TopicIndex(view);
        Collection<byte[]> topics =
                view.head - start <= SHORT_WALK || start + 1 < extent.indexedFrom ? null : topicsOf(index, filter);
        return topics == null ? walk(view, start, collector) : jump(view, index, topics, start, collector);
    }

    private @Nullable Collection<byte[]> topicsOf(TopicIndex index, EventFilter filter) throws RocksDBException {
        try {
            return index.topicsOf(filter.selectors());
        } catch (RocksDBException e) {
            suspect(e);
            return null;
        }
    }

    private long walk(View view, long start, Collector collector) throws RocksDBException {
        EventCursor events = view.events;
        collector.begin();
        for (boolean found = events.seek(start + 1); found && events.offset() <= view.head; found = events.next()) {
            if (!look(view, collector, events.lostTo())) {
                return events.offset() - 1;
            }
            if (collector.isFull()) {
                return events.isLost() ? Math.min(events.lostTo(), view.head) : events.offset();
            }
        }
        return view.head;
    }

    /** Looks at where the view's events stand; false when the read has to end in front of it. */
    private boolean look(View view, Collector collector, long lostTo) {
        if (view.events.isLost()) {
            return collector.lose(Math.min(lostTo, view.head));
        }
        if (view.events.length() > ReadRoom.ASKED_FROM_BYTES) {
            return lookAtLarge(view, collector);
        }
        collector.look(view.events.event(codec, view.epochs));
        return true;
    }

    /** Its data is brought into memory only when it is wanted and there is room. */
    private boolean lookAtLarge(View view, Collector collector) {
        if (!collector.accepts(view.events.head(codec, view.epochs))) {
            collector.pass();
            return true;
        }
        if (!collector.takeRoom(view.events.length())) {
            return false;
        }
        collector.look(view.events.event(codec, view.epochs));
        return true;
    }

    private long jump(View view, TopicIndex index, Collection<byte[]> topics, long start, Collector collector)
            throws RocksDBException {
        long looked = start;
        int stretch = FIRST_STRETCH;
        while (looked < view.head) {
            int wanted = Math.min(collector.room(), stretch);
            stretch = 2 * wanted;
            TopicIndex.Offsets offsets;
            try {
                offsets = index.offsets(topics, looked + 1, wanted);
            } catch (RocksDBException e) {
                suspect(e);
                return walk(view, looked, collector);
            }
            collector.begin();
            for (long offset : offsets.sorted()) {
                if (view.events.moveTo(offset)) {
                    if (!look(view, collector, offset)) {
                        return offset - 1;
                    }
                    if (collector.isFull()) {
                        return offset;
                    }
                }
            }
            looked = offsets.horizon();
            if (collector.isLate()) {
                return looked;
            }
        }
        return view.head;
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
