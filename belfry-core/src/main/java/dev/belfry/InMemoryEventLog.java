package dev.belfry;

import static java.util.Comparator.comparing;

import dev.belfry.BelfryException.LogClosed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A log that is gone with its process: the reference for the others, and what an application runs on that has none of them.
 */
public final class InMemoryEventLog implements EventLog {
    private final Store store;
    private final LogWriter writer;
    private volatile boolean closed;

    public InMemoryEventLog() {
        this(LogSettings.DEFAULT);
    }

    public InMemoryEventLog(LogSettings settings) {
        store = new Store(settings);
        writer = new LogWriter("belfry-log", store, settings);
    }

    @Override
    public CompletableFuture<Receipt> append(Publication publication, Executor answers) {
        return writer.append(publication, answers);
    }

    @Override
    public Chunk read(EventFilter filter, Position after, ReadLimits limits) {
        if (closed) {
            throw new LogClosed();
        }
        return store.read(filter, after, limits);
    }

    @Override
    public Position head() {
        return store.epochs.at(store.head);
    }

    @Override
    public Position oldest() {
        return store.epochs.at(store.oldest);
    }

    @Override
    public long epoch() {
        return store.epochs.current();
    }

    @Override
    public Position positionAt(Instant time) {
        if (closed) {
            throw new LogClosed();
        }
        long before = store.oldest - 1;
        // what lies beyond the head is being written
        for (Event event : store.events.headMap(store.head, true).values()) {
            if (event.time().isAfter(time)) {
                break;
            }
            before = event.position().offset();
        }
        return store.epochs.at(before);
    }

    @Override
    public void onCommit(CommitListener listener) {
        writer.onCommit(listener);
    }

    @Override
    public void close() {
        writer.close();
        closed = true;
    }

    /** Written by the writer thread alone; {@code head} is set when what it covers can be read. */
    private static final class Store implements LogStore {
        private static final int MAX_SCAN = 10_000;
        private static final long EVENT_OVERHEAD_BYTES = 256L;

        final Epochs epochs = Epochs.create();
        final ConcurrentNavigableMap<Long, Event> events = new ConcurrentSkipListMap<>();
        volatile long oldest = 1;
        volatile long head;

        private final LogSettings settings;
        private final Map<String, KeptReceipt> keys = new HashMap<>();
        private final PriorityQueue<KeptKey> keysByExpiry = new PriorityQueue<>(comparing(KeptKey::expires));
        private final NavigableSet<Mortal> mortals =
                new TreeSet<>(comparing(Mortal::expires).thenComparing(Mortal::offset));
        private Instant lastTime = Instant.EPOCH;
        private long bytes;

        Store(LogSettings settings) {
            this.settings = settings;
        }

        Chunk read(EventFilter filter, Position after, ReadLimits limits) {
            // oldest before head, because the head alone can pass the other
            long first = oldest;
            long last = head;
            Gap.Reason reason = epochs.check(after, first, last);
            long start = reason == null ? after.offset() : first - 1;
            Found found = find(filter, start, last, limits);
            long firstNow = oldest;
            if (firstNow - 1 > start) {
                // trimmed while it was read: only what is behind that was there all the time
                reason = reason == null ? Gap.Reason.TRIMMED : reason;
                found = found.from(firstNow);
                last = head;
            }
            first = firstNow;
            Gap gap = reason == null ? null : new Gap(after, epochs.at(first), epochs.at(last), reason);
            return new Chunk(found.events(), epochs.at(found.next()), found.next() >= last, gap);
        }

        private Found find(EventFilter filter, long start, long last, ReadLimits limits) {
            List<Event> found = new ArrayList<>();
            int scanned = 0;
            int size = 0;
            Instant now = settings.clock().instant();
            for (Event event : events.subMap(start, false, last, true).values()) {
                if (filter.accepts(event) && !event.isExpired(now)) {
                    found.add(event);
                    size += event.data().utf8().length;
                }
                if (found.size() >= limits.maxEvents() || size >= limits.maxBytes() || ++scanned >= MAX_SCAN) {
                    return new Found(found, event.position().offset());
                }
            }
            return new Found(found, last);
        }

        /** What one pass accepted, and the offset of the last event that it looked at. */
        private record Found(List<Event> events, long next) {
            Found from(long oldest) {
                List<Event> rest = events.stream()
                        .filter(event -> event.position().offset() >= oldest)
                        .toList();
                return new Found(rest, Math.max(next, oldest - 1));
            }
        }

        @Override
        public Position next() {
            return epochs.at(head + 1);
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
            for (Event event : group.events()) {
                events.put(event.position().offset(), event);
                bytes += size(event);
                lastTime = event.time();
                Instant expires = event.expires();
                if (expires != null) {
                    mortals.add(new Mortal(expires, event.position().offset()));
                }
            }
            keys.putAll(group.keys());
            group.keys().forEach((key, kept) -> keysByExpiry.add(new KeptKey(key, kept.expires())));
            head = group.newHead();
        }

        private static long size(Event event) {
            return EVENT_OVERHEAD_BYTES + event.data().utf8().length;
        }

        @Override
        public void trim() {
            Instant now = settings.clock().instant();
            Map.Entry<Long, Event> first = events.firstEntry();
            while (first != null && isTooMuch(first.getValue(), now)) {
                oldest = first.getKey() + 1;
                remove(first.getKey());
                first = events.firstEntry();
            }
            while (!mortals.isEmpty() && !now.isBefore(mortals.first().expires())) {
                remove(mortals.first().offset());
            }
            while (!keysByExpiry.isEmpty() && !now.isBefore(keysByExpiry.peek().expires())) {
                String key = keysByExpiry.remove().key();
                // the key may have been used anew since
                keys.computeIfPresent(key, (k, kept) -> now.isBefore(kept.expires()) ? kept : null);
            }
        }

        private boolean isTooMuch(Event event, Instant now) {
            Retention retention = settings.retention();
            return head - event.position().offset() >= retention.events()
                    || bytes > retention.bytes()
                    // not event.time().plus(age), which overflows when the age means "for ever"
                    || Duration.between(event.time(), now).compareTo(retention.age()) >= 0;
        }

        private void remove(long offset) {
            Event event = Objects.requireNonNull(events.remove(offset));
            bytes -= size(event);
            Instant expires = event.expires();
            if (expires != null) {
                mortals.remove(new Mortal(expires, offset));
            }
        }

        @Override
        public void close() {}

        private record KeptKey(String key, Instant expires) {}

        private record Mortal(Instant expires, long offset) {}
    }
}
