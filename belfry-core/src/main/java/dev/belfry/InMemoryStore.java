package dev.belfry;

import static java.util.Comparator.comparing;

import dev.belfry.BelfryException.LogStorage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The events of an {@link InMemoryEventLog}. Changed by the writer thread alone; {@code head} is set when what it covers can be
 * read. Removing takes a lock that readers share, so that a read and its gap are of one moment.
 */
final class InMemoryStore implements LogStore {
    private static final int MAX_SLICE = 2_000;
    private static final long EVENT_OVERHEAD_BYTES = 128L;

    private final LogSettings settings;
    private final LongSupplier holes;
    private final Epochs epochs = Epochs.create();
    private final ConcurrentNavigableMap<Long, Event> events = new ConcurrentSkipListMap<>();
    private final Map<String, NavigableSet<Long>> aliases = new ConcurrentHashMap<>();
    private final RemovedTopics removed;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private volatile long oldest = 1;
    private volatile long head;
    private volatile long bytes;

    private final Map<String, KeptReceipt> keys = new HashMap<>();
    private final PriorityQueue<KeptKey> keysByExpiry = new PriorityQueue<>(comparing(KeptKey::expires));
    private final NavigableSet<Mortal> mortals =
            new TreeSet<>(comparing(Mortal::expires).thenComparing(Mortal::offset));
    private final AgeClock ages;
    private Instant lastTime = Instant.EPOCH;
    private int addedSinceTrim;

    private record KeptKey(String key, Instant expires) {}

    private record Mortal(Instant expires, long offset) {}

    InMemoryStore(LogSettings settings, LongSupplier holes) {
        this.settings = settings;
        this.holes = holes;
        ages = new AgeClock(settings.clock());
        removed = new RemovedTopics(settings.removals());
    }

    // ---- any thread

    Chunk read(EventFilter filter, Position after, ReadLimits limits) {
        lock.readLock().lock();
        try {
            // both stay behind what has been removed, as that takes the other half of the lock
            long last = Math.max(head, oldest - 1);
            Gap.Reason reason = gapReason(filter, after, last);
            long start = reason == null ? Math.max(after.offset(), oldest - 1) : oldest - 1;
            Gap gap = reason == null ? null : new Gap(after, epochs.at(oldest), epochs.at(last), reason);
            return find(filter, start, last, limits, gap);
        } finally {
            lock.readLock().unlock();
        }
    }

    private Gap.@Nullable Reason gapReason(EventFilter filter, Position after, long last) {
        if (after.equals(Position.EARLIEST)) {
            return null;
        }
        Gap.Reason reason = epochs.check(after, last);
        return reason == null && removed.mayLack(filter, after.offset()) ? Gap.Reason.TRIMMED : reason;
    }

    private Chunk find(EventFilter filter, long start, long last, ReadLimits limits, @Nullable Gap gap) {
        List<Event> found = new ArrayList<>();
        int looked = 0;
        int size = 0;
        Instant now = settings.clock().instant();
        long beganNanos = System.nanoTime();
        for (Event event :
                events.subMap(start, false, Math.max(start, last), true).values()) {
            looked++;
            if (filter.accepts(event) && !event.isExpired(now)) {
                int bytes = event.data().utf8().length;
                if (bytes > ReadRoom.ASKED_FROM_BYTES && !limits.room().take(bytes)) {
                    return new Chunk(found, epochs.at(event.position().offset() - 1), false, gap);
                }
                found.add(event);
                size += bytes;
            }
            if (found.size() >= limits.maxEvents()
                    || size >= limits.maxBytes()
                    || looked >= limits.maxLooked()
                    || System.nanoTime() - beganNanos >= limits.maxNanos()) {
                return new Chunk(found, event.position(), event.position().offset() >= last, gap);
            }
        }
        return new Chunk(found, epochs.at(last), true, gap);
    }

    /** A binary search, as times never fall. */
    Position positionAt(Instant time) {
        lock.readLock().lock();
        try {
            long low = oldest;
            // what lies beyond the head is being written
            long high = Math.max(head + 1, low);
            while (low < high) {
                long middle = low + (high - low) / 2;
                Map.Entry<Long, Event> found = events.ceilingEntry(middle);
                if (found == null
                        || found.getKey() >= high
                        || found.getValue().time().isAfter(time)) {
                    high = middle;
                } else {
                    low = found.getKey() + 1;
                }
            }
            return epochs.at(low - 1);
        } finally {
            lock.readLock().unlock();
        }
    }

    Optional<Position> positionOf(String alias) {
        NavigableSet<Long> offsets = aliases.get(alias);
        Long first = offsets == null ? null : offsets.ceiling(oldest);
        return first == null || first > head ? Optional.empty() : Optional.of(epochs.at(first));
    }

    @Override
    public Position head() {
        return epochs.at(head);
    }

    Position oldest() {
        return epochs.at(oldest);
    }

    long epoch() {
        return epochs.current();
    }

    @Override
    public long keptBytes() {
        return bytes;
    }

    @Override
    public long keptEvents() {
        return events.size();
    }

    // ---- the writer thread

    @Override
    public Position next() {
        return epochs.at(head + 1 + holes.getAsLong());
    }

    @Override
    public Position following(Position position) {
        return position.plus(1 + holes.getAsLong());
    }

    @Override
    public Instant lastTime() {
        return lastTime;
    }

    @Override
    public @Nullable KeptReceipt find(String key) {
        return keys.get(key);
    }

    @Override
    public void write(CommitGroup group) {
        ages.lookBefore(group, head);
        long added = 0;
        try {
            for (Event event : group.events()) {
                add(event);
                added += size(event);
            }
            group.keys().forEach((key, kept) -> {
                keysByExpiry.add(new KeptKey(key, kept.expires()));
                keys.put(key, kept);
            });
        } catch (RuntimeException | Error e) {
            // what cannot be undone either is thrown on: it is not known what there is
            undo(group);
            throw new LogStorage(false, e);
        }
        lastTime = group.events().get(group.events().size() - 1).time();
        setBytes(bytes + added);
        addedSinceTrim += group.events().size();
        head = group.newHead();
    }

    private void undo(CommitGroup group) {
        for (Event event : group.events()) {
            forget(event);
        }
        // a key that expires earlier than it is said to does no harm
        keys.keySet().removeAll(group.keys().keySet());
    }

    private void add(Event event) {
        long offset = event.position().offset();
        events.put(offset, event);
        if (event.alias() != null) {
            aliases.computeIfAbsent(event.alias(), alias -> new ConcurrentSkipListSet<>())
                    .add(offset);
        }
        Instant expires = event.expires();
        if (expires != null) {
            mortals.add(new Mortal(expires, offset));
        }
    }

    private void setBytes(long now) {
        bytes = now;
    }

    private static long size(Event event) {
        return EVENT_OVERHEAD_BYTES + event.notification().sizeBytes();
    }

    @Override
    public long trim() {
        Instant now = Instant.ofEpochMilli(ages.look(head));
        // never less than what comes meanwhile
        int most = Math.max(MAX_SLICE, 2 * addedSinceTrim);
        addedSinceTrim = 0;
        boolean isMoreDue;
        lock.writeLock().lock();
        try {
            boolean isMoreExpired = expire(now, most);
            isMoreDue = retain(now, most) || isMoreExpired;
            removed.forget(now);
        } finally {
            lock.writeLock().unlock();
        }
        forgetKeys(now);
        return isMoreDue ? 0 : Long.MAX_VALUE;
    }

    private void forgetKeys(Instant now) {
        while (!keysByExpiry.isEmpty()
                && (keysByExpiry.size() > settings.idempotencyKeys()
                        || !now.isBefore(keysByExpiry.peek().expires()))) {
            KeptKey oldest = keysByExpiry.remove();
            // the key may have been used anew since
            keys.computeIfPresent(oldest.key(), (k, kept) -> oldest.expires().isBefore(kept.expires()) ? kept : null);
        }
    }

    /** First, so that retention finds nothing to remember whose own time is over. Returns whether more is due. */
    private boolean expire(Instant now, int most) {
        int count = 0;
        while (!mortals.isEmpty() && !now.isBefore(mortals.first().expires()) && !ages.isDoubtful()) {
            if (count++ == most) {
                return true;
            }
            Event event = events.get(mortals.first().offset());
            if (event == null) {
                mortals.pollFirst(); // its removal was cut off by a lack of memory
            } else {
                remove(event);
            }
        }
        return false;
    }

    private boolean retain(Instant now, int most) {
        long bytesBefore = bytes;
        int count = 0;
        Map.Entry<Long, Event> first = events.firstEntry();
        for (; first != null && count < most && isTooMuch(first.getValue()); count++) {
            if (!first.getValue().isExpired(now)) {
                removed.add(first.getValue(), now);
            }
            remove(first.getValue());
            oldest = first.getKey() + 1;
            first = events.firstEntry();
        }
        if (count > 0) {
            settings.listener().trimmed(count, bytesBefore - bytes);
        }
        return count == most;
    }

    private boolean isTooMuch(Event event) {
        Retention retention = settings.retention();
        long offset = event.position().offset();
        return events.size() > retention.events()
                || bytes > retention.bytes()
                // not event.time().plus(age), which overflows when the age means "for ever"
                || Duration.between(event.time(), Instant.ofEpochMilli(ages.millisFor(offset)))
                                .compareTo(retention.age())
                        >= 0;
    }

    private void remove(Event event) {
        forget(event);
        setBytes(bytes - size(event));
    }

    private void forget(Event event) {
        long offset = event.position().offset();
        events.remove(offset);
        if (event.alias() != null) {
            aliases.computeIfPresent(event.alias(), (alias, offsets) -> {
                offsets.remove(offset);
                return offsets.isEmpty() ? null : offsets;
            });
        }
        Instant expires = event.expires();
        if (expires != null) {
            mortals.remove(new Mortal(expires, offset));
        }
    }

    @Override
    public void close() {}
}
