package dev.belfry.stream;

import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.Hub;
import dev.belfry.Position;
import dev.belfry.SelectorIndex;
import dev.belfry.Topic;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All subscribers of one event loop. A pass takes what has been committed since the last one, matches it against the shard's
 * own index, and writes to each group; what arrives while a pass is running goes into the next, so that the cost of an event
 * falls as the load rises.
 *
 * <p>The inbox is filled by the log's writer thread. Everything else is owned by the event loop: no locks.
 */
final class Shard {
    private static final Logger log = LoggerFactory.getLogger(Shard.class);

    /** A pass goes in slices, so that one who has no room is found before all of a large pass is on his account. */
    private static final int SLICE_EVENTS = 512;

    private static final long SLICE_BYTES = 256 << 10;

    /** For so long after a pass the loop is taken to be busy with live events. */
    private static final long SERVING_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** After so many deliveries, which take about a millisecond, the loop looks after its channels. */
    static final int TURN_DELIVERIES = 256;

    private static final int TAIL_EVENTS = 1024;
    private static final long TAIL_BYTES = 1 << 20;

    /** The clock's ticks in a heartbeat, and how often in it each subscriber is looked at. */
    private static final int TICKS = 16;

    private static final int LOOKS = 4;

    private final EventLoop loop;
    private final Hub hub;
    private final StreamSettings settings;
    private final StreamCounts counts;
    private final int turnDeliveries;
    private final Inbox inbox = new Inbox();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile boolean active;

    private final SelectorIndex<Group> index = new SelectorIndex<>();
    private final Map<Group.Key, Group> groups = new HashMap<>();
    private final List<Subscriber> subscribers = new ArrayList<>();
    private final ArrayDeque<Event> tail = new ArrayDeque<>();
    private long tailBytes;
    private Position dispatched;
    private List<Event> waiting = List.of();
    private final Dispatch dispatch = new Dispatch();
    private final ReplayCache replays;
    private @Nullable ScheduledFuture<?> clock;
    private long servedAt = System.nanoTime() - SERVING_NANOS;
    private int ticks;
    private int owedLooks;
    private int lookedAt;

    Shard(EventLoop loop, Hub hub, StreamSettings settings, StreamCounts counts) {
        this(loop, hub, settings, counts, TURN_DELIVERIES);
    }

    /** @param turnDeliveries how many deliveries make a turn, at least 2 */
    Shard(EventLoop loop, Hub hub, StreamSettings settings, StreamCounts counts, int turnDeliveries) {
        this.loop = loop;
        this.hub = hub;
        this.settings = settings;
        this.counts = counts;
        this.turnDeliveries = turnDeliveries;
        replays = new ReplayCache(this, loop);
        dispatched = hub.log().head();
    }

    Hub hub() {
        return hub;
    }

    boolean isClosing() {
        return counts.isClosing();
    }

    long retryMillis() {
        return settings.retryMillis();
    }

    void countStalled() {
        counts.stalled();
    }

    // ---- any thread

    /** Takes what was committed; a shard without subscribers has nothing to do. */
    void offer(List<Event> events) {
        if (active) {
            inbox.add(events);
            schedule();
        }
    }

    /** Ends every subscriber, soon. */
    void close() {
        try {
            loop.execute(this::endAll);
        } catch (RejectedExecutionException e) {
            log.debug("a loop ended before its streams");
        }
    }

    /** Has a turn soon. Any thread. */
    void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            try {
                loop.execute(this::turn);
            } catch (RejectedExecutionException e) {
                // the loop has ended, and its subscribers with it; the shards of other loops go on
                active = false;
                inbox.take();
            }
        }
    }

    // ---- on the event loop: joining and leaving

    /** Makes a subscriber, which begins when it is on its channel and {@linkplain Subscriber#begin() begins}. */
    Subscriber join(EventFilter filter, StreamFormat format, Position start) {
        if (subscribers.isEmpty()) {
            activate();
        }
        Subscriber subscriber = new Subscriber(this, enter(filter, format), start);
        subscriber.shardIndex = subscribers.size();
        subscribers.add(subscriber);
        counts.opened();
        return subscriber;
    }

    /** The inbox opens before the head is read: what comes twice is recognised, and nothing can fall in between. */
    private void activate() {
        active = true;
        dispatched = hub.log().head();
        long everyMillis = Math.max(1, settings.heartbeat().toMillis() / TICKS);
        clock = loop.scheduleAtFixedRate(this::tick, everyMillis, everyMillis, TimeUnit.MILLISECONDS);
    }

    void leave(Subscriber subscriber) {
        Subscriber last = subscribers.remove(subscribers.size() - 1);
        if (last != subscriber) {
            subscribers.set(subscriber.shardIndex, last);
            last.shardIndex = subscriber.shardIndex;
        }
        exit(subscriber.group());
        counts.closed();
        if (subscribers.isEmpty()) {
            deactivate();
        }
    }

    private void deactivate() {
        active = false;
        inbox.take();
        waiting = List.of();
        dispatch.end();
        replays.forget();
        forgetTail();
        if (clock != null) {
            clock.cancel(false);
        }
    }

    /** Whether somebody was given an event a moment ago. */
    boolean isServing() {
        return System.nanoTime() - servedAt < SERVING_NANOS;
    }

    boolean isActive() {
        return active;
    }

    /** Whether nothing is left of anybody. */
    boolean isVacant() {
        return subscribers.isEmpty() && groups.isEmpty() && index.isEmpty() && tail.isEmpty() && replays.isEmpty();
    }

    private Group enter(EventFilter filter, StreamFormat format) {
        Group group = groups.computeIfAbsent(new Group.Key(filter, format), this::index);
        group.members++;
        return group;
    }

    private Group index(Group.Key key) {
        Group group = new Group(key, dispatched);
        key.filter().selectors().forEach(selector -> index.add(selector, group));
        return group;
    }

    private void exit(Group group) {
        if (--group.members == 0) {
            groups.remove(group.key);
            group.filter().selectors().forEach(selector -> index.remove(selector, group));
        }
    }

    /** The group of the same format with another filter. */
    Group change(Group before, EventFilter filter) {
        Group after = enter(filter, before.format());
        exit(before);
        return after;
    }

    // ---- on the event loop: positions

    /** The newest event that the groups have been given. */
    Position dispatched() {
        return dispatched;
    }

    /** What was dispatched behind a position; null when that is not at hand any more. */
    @Nullable
    List<Event> tail(Position position) {
        Event oldest = tail.peekFirst();
        if (oldest == null
                || position.epoch() != oldest.position().epoch()
                || position.offset() < oldest.position().offset() - 1
                || position.offset() > dispatched.offset()) {
            return null;
        }
        List<Event> behind = new ArrayList<>();
        Iterator<Event> newestFirst = tail.descendingIterator();
        while (newestFirst.hasNext()) {
            Event event = newestFirst.next();
            if (event.position().offset() <= position.offset()) {
                break;
            }
            behind.add(event);
        }
        Collections.reverse(behind);
        return behind;
    }

    /** Chunks for those who are BEHIND. */
    ReplayCache replays() {
        return replays;
    }

    // ---- on the event loop: the pass

    /** Delivers some of what waits. The rest has its turn when the loop has looked after its channels, publishers' among them. */
    private void turn() {
        scheduled.set(false);
        int deliveries = replays.deliver(turnDeliveries / 2);
        while (deliveries < turnDeliveries && (dispatch.isOwing() || dispatchNextSlice())) {
            deliveries += dispatch.deliver(turnDeliveries - deliveries);
        }
        boolean isThrough = !dispatch.isOwing() && waiting.isEmpty() && inbox.isEmpty() && !replays.isOwing();
        if (!isThrough && scheduled.compareAndSet(false, true)) {
            // a scheduled task, even a due one, waits for the next round of the loop; one that is executed does not
            loop.schedule(this::turn, 0, TimeUnit.NANOSECONDS);
        }
    }

    /** Begins with the next slice of what was committed; false when there is none. */
    private boolean dispatchNextSlice() {
        if (waiting.isEmpty()) {
            waiting = takeInbox();
        }
        if (waiting.isEmpty()) {
            return false;
        }
        List<Event> slice = waiting.subList(0, sliceEnd(waiting));
        waiting = waiting.subList(slice.size(), waiting.size());
        dispatch(slice);
        return true;
    }

    /** What waits to be dispatched; nothing when it is for nobody, or cannot be dispatched and everybody reads it instead. */
    private List<Event> takeInbox() {
        List<Event> events = inbox.take();
        if (subscribers.isEmpty()) {
            // offered while the last one left: a tail that began with it would not join what comes after the next one
            return List.of();
        }
        if (events == null || isAnotherStretch(events)) {
            skipTo(hub.log().head());
            return List.of();
        }
        return events;
    }

    /** The log has lost its tail and gives its offsets anew: everybody reads on from there, and is told of the gap. */
    private boolean isAnotherStretch(List<Event> events) {
        for (Event event : events) {
            Position position = event.position();
            if (position.epoch() != dispatched.epoch() && position.offset() <= dispatched.offset()) {
                return true;
            }
        }
        return false;
    }

    private static int sliceEnd(List<Event> events) {
        long bytes = 0;
        int end = 0;
        while (end < events.size() && end < SLICE_EVENTS && bytes < SLICE_BYTES) {
            bytes += events.get(end++).data().utf8().length;
        }
        return end;
    }

    private void dispatch(List<Event> slice) {
        List<Group> touched = new ArrayList<>();
        for (Event event : slice) {
            if (event.position().offset() > dispatched.offset()) {
                match(event, touched);
            }
        }
        if (!touched.isEmpty()) {
            servedAt = System.nanoTime();
        }
        List<Subscriber> failed = dispatch.begin(touched, dispatched);
        for (Event event : slice) {
            remember(event);
        }
        failed.forEach(Subscriber::proceed);
    }

    private void match(Event event, List<Group> touched) {
        for (Topic topic : event.topics()) {
            index.match(topic, group -> {
                if (group.match(event)) {
                    touched.add(group);
                }
            });
        }
    }

    private void remember(Event event) {
        if (event.position().offset() <= dispatched.offset()) {
            return;
        }
        dispatched = event.position();
        tail.addLast(event);
        tailBytes += event.data().utf8().length;
        while (tail.size() > TAIL_EVENTS || tailBytes > TAIL_BYTES) {
            tailBytes -= tail.removeFirst().data().utf8().length;
        }
    }

    private void forgetTail() {
        tail.clear();
        tailBytes = 0;
    }

    /** The inbox ran over while the loop was busy: everybody reads the log from where he is. */
    private void skipTo(Position head) {
        forgetTail();
        replays.forget();
        // one who is BEHIND where the shard still is would be LIVE again at once: all leave, then the shard moves
        List<Subscriber> live = subscribers.stream().filter(Subscriber::isLive).toList();
        live.forEach(Subscriber::leaveLive);
        dispatched = head;
        live.forEach(Subscriber::proceed);
    }

    // ---- on the event loop: the clock

    /** By which subscribers know how long they have been silent. */
    int ticks() {
        return ticks;
    }

    /** Whether one who wrote last at a tick would be silent for longer than a heartbeat before it is looked at again. */
    boolean isSilentSince(int tick) {
        return ticks - tick > TICKS - TICKS / LOOKS;
    }

    /**
     * Looks at a part of the subscribers, so that heartbeats do not come in one burst. From the last to the first: the last one
     * takes the place of one who leaves, and so is looked at twice rather than passed over.
     */
    void tick() {
        long now = System.nanoTime();
        long stall = settings.writeStall().toNanos();
        ticks++;
        replays.forget();
        owedLooks += subscribers.size() * LOOKS;
        while (owedLooks >= TICKS && !subscribers.isEmpty()) {
            owedLooks -= TICKS;
            lookedAt = (lookedAt == 0 ? subscribers.size() : Math.min(lookedAt, subscribers.size())) - 1;
            tick(subscribers.get(lookedAt), now, stall);
        }
    }

    /** An error here would end the clock, and with it every heartbeat of the shard. */
    private static void tick(Subscriber subscriber, long now, long stall) {
        try {
            subscriber.tick(now, stall);
        } catch (RuntimeException | OutOfMemoryError e) {
            subscriber.breakOff(e);
        }
    }

    private void endAll() {
        List.copyOf(subscribers).forEach(Subscriber::end);
    }

    /** What waits for the next pass; when it grows too large it is dropped whole, and the log has it. */
    private static final class Inbox {
        private static final long MAX_BYTES = 8 << 20;
        private static final int MAX_EVENTS = 32 << 10;

        private List<Event> events = new ArrayList<>();
        private long bytes;
        private boolean overflown;

        synchronized void add(List<Event> batch) {
            if (overflown) {
                return;
            }
            for (Event event : batch) {
                bytes += event.data().utf8().length;
            }
            events.addAll(batch);
            if (bytes > MAX_BYTES || events.size() > MAX_EVENTS) {
                overflown = true;
                events = new ArrayList<>();
            }
        }

        synchronized boolean isEmpty() {
            return events.isEmpty() && !overflown;
        }

        /** All of it in order; null when it ran over. */
        synchronized @Nullable List<Event> take() {
            List<Event> taken = overflown ? null : events;
            events = new ArrayList<>();
            bytes = 0;
            overflown = false;
            return taken;
        }
    }
}
