package dev.belfry.stream;

import dev.belfry.CommitInbox;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.Hub;
import dev.belfry.Position;
import dev.belfry.stream.MemoryBudget.Hold;
import dev.belfry.stream.MemoryBudget.Use;
import dev.belfry.wire.EndReason;
import io.netty.channel.EventLoop;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All subscribers of one event loop. A turn takes what has been committed, matches it against the shard's own index, and writes
 * to each group; what arrives during a turn goes into the next, so that the cost of an event falls as the load rises.
 *
 * <p>The {@link CommitInbox} is filled by the log's writer thread. Everything else is owned by the event loop: no locks.
 */
final class Shard implements SubscriberContext {
    private static final Logger log = LoggerFactory.getLogger(Shard.class);

    /** A dispatch goes in slices, so that a subscriber without room is found before all of a large one is on its account. */
    private static final int SLICE_EVENTS = 512;

    private static final long SLICE_BYTES = 256 << 10;

    /** Places of the index that are looked at for a slice, which takes less than a millisecond. */
    private static final int SLICE_STEPS = 16_000;

    /** For so long after a dispatch the loop is taken to be busy with live events. */
    private static final long SERVING_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** After so many deliveries, which take about a millisecond, the loop looks after its channels. */
    static final int TURN_DELIVERIES = 256;

    private final EventLoop loop;
    private final Hub hub;
    private final StreamSettings settings;
    private final StreamCounts counts;
    private final int turnDeliveries;
    private final FailureLog failures = new FailureLog();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile boolean active;

    private final CommitInbox inbox = new CommitInbox();
    private List<Event> waiting = List.of();
    private final Tail tail;
    private final Groups groups;
    private final MemoryBudget budget;
    private final Dispatch dispatch;
    private final HeartbeatWheel wheel = new HeartbeatWheel();
    private final Standstills standstills = new Standstills();
    private final StreamTimes times;
    private final StreamEnds ends;
    private int joined;
    private final CatchUp catchUp = new CatchUp();
    private final CostlyGroups costly;

    /** For as long as the last turn of costly filters took, they do not have another one. */
    private boolean costlyRests;

    private final ReplayReads reads;
    private final ReplayCache replays;
    private @Nullable ScheduledFuture<?> clock;
    private long servedAt = System.nanoTime() - SERVING_NANOS;

    /** Whether a turn broke off, and has not been made good. */
    private boolean isOutOfStep;

    Shard(EventLoop loop, Hub hub, StreamSettings settings, StreamCounts counts, MemoryBudget budget) {
        this(loop, hub, settings, counts, budget, TURN_DELIVERIES, Optimizations.ALL);
    }

    /** @param turnDeliveries how many deliveries make a turn, at least 2 */
    Shard(
            EventLoop loop,
            Hub hub,
            StreamSettings settings,
            StreamCounts counts,
            MemoryBudget budget,
            int turnDeliveries,
            Optimizations optimizations) {
        this.loop = loop;
        this.hub = hub;
        this.settings = settings;
        this.counts = counts;
        this.budget = budget;
        dispatch = new Dispatch(budget);
        this.turnDeliveries = turnDeliveries;
        times = new StreamTimes(hub.clock(), settings.maxLifetime());
        ends = new StreamEnds(loop, wheel, times, failures);
        tail = new Tail(optimizations.tail(), hub.log().head());
        groups = new Groups(this, optimizations.groups());
        costly = new CostlyGroups(tail, catchUp, hub.clock(), budget);
        reads = new ReplayReads(hub, loop, failures, budget, this::isServing, this::schedule);
        replays = new ReplayCache(tail, reads, hub.clock(), optimizations.chunks(), budget);
    }

    // ---- any thread

    /**
     * Takes what was committed; a shard without subscribers has nothing to do. Never throws: the log's writer thread goes on, and
     * so do the other shards.
     */
    void offer(List<Event> events) {
        if (!active) {
            return;
        }
        try {
            inbox.add(events);
        } catch (Throwable e) {
            // the inbox has overflown, and all subscribers read the log
            failures.warn("events not taken", "inbox", e);
        }
        try {
            schedule();
        } catch (Throwable e) {
            failures.warn("turn not scheduled, the clock makes up for it", "inbox", e);
        }
    }

    /** Ends every subscriber, soon. */
    void close() {
        try {
            loop.execute(() -> wheel.forEach(subscriber -> subscriber.end(EndReason.SHUTDOWN)));
        } catch (RejectedExecutionException e) {
            log.debug("a loop ended before its streams");
        }
    }

    /** How far the furthest subscriber is behind the log's head, in offsets, as of the last look at each of them. */
    long worstLag() {
        return wheel.worstLag();
    }

    /** Has a turn soon. */
    private void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            try {
                loop.execute(this::turn);
            } catch (RejectedExecutionException e) {
                // the loop has ended, and its subscribers with it; the shards of other loops go on
                active = false;
                inbox.take();
            } catch (RuntimeException | Error e) {
                scheduled.set(false);
                throw e;
            }
        }
    }

    // ---- joining and leaving

    /**
     * Makes a subscriber, which begins when it is on its channel and {@linkplain Subscriber#begin() begins}.
     *
     * @param owner whose stream it is
     * @param patterns what the filter holds of the budget
     */
    Subscriber join(EventFilter filter, StreamFormat format, Position start, StreamOwner owner, Hold patterns) {
        if (wheel.isEmpty()) {
            activate();
        }
        Group group = null;
        Subscriber subscriber = null;
        try {
            group = groups.enter(filter, format, patterns);
            subscriber = new Subscriber(group, start, owner, joined++, times.now());
            wheel.add(subscriber);
            ends.note(subscriber);
            counts.joined(format);
            return subscriber;
        } catch (RuntimeException | Error e) {
            if (group == null) {
                patterns.close();
            }
            undoJoin(group, subscriber);
            throw e;
        }
    }

    private void undoJoin(@Nullable Group group, @Nullable Subscriber subscriber) {
        if (subscriber != null && subscriber.placeOnWheel() != Subscriber.LEFT) {
            wheel.remove(subscriber);
        }
        if (group != null) {
            groups.exit(group.key());
        }
        if (wheel.isEmpty()) {
            deactivate();
        }
    }

    /** The inbox opens before the head is read: what comes twice is recognised, and nothing can fall in between. */
    private void activate() {
        active = true;
        tail.restart(hub.log().head());
        replays.open();
        long everyMillis = Math.max(1, settings.heartbeat().toMillis() / HeartbeatWheel.TICKS);
        clock = loop.scheduleAtFixedRate(this::tick, everyMillis, everyMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void leave(Subscriber subscriber) {
        wheel.remove(subscriber);
        standstills.forget(subscriber);
        groups.exit(subscriber.feed().key());
        counts.closed();
        if (wheel.isEmpty()) {
            deactivate();
        }
    }

    private void deactivate() {
        active = false;
        inbox.take();
        waiting = List.of();
        dispatch.end();
        costly.clear();
        catchUp.clear();
        replays.close();
        reads.forgetStarving();
        ends.clear();
        tail.restart(tail.dispatched());
        isOutOfStep = false;
        if (clock != null) {
            clock.cancel(false);
        }
    }

    @Override
    public Feed change(Feed before, EventFilter filter, Hold patterns) {
        Feed after = groups.enter(filter, before.key().format(), patterns);
        groups.exit(before.key());
        return after;
    }

    int readsUnderWay() {
        return reads.underWay();
    }

    /** Whether no trace of a subscriber is left. */
    boolean isVacant() {
        return wheel.isEmpty()
                && groups.isEmpty()
                && ends.isEmpty()
                && costly.isEmpty()
                && tail.isEmpty()
                && replays.isEmpty()
                && reads.isEmpty();
    }

    // ---- turns

    /** Delivers some of what waits. The rest has its turn when the loop has looked after its channels, publishers' among them. */
    private void turn() {
        scheduled.set(false);
        try {
            if (isOutOfStep) {
                skipToHead();
            }
            deliverSome();
        } catch (Throwable e) {
            failures.warn("turn failed, streams read on from the log", tail.dispatched(), e);
            makeGood();
        }
        if (!isThrough() && !isOutOfStep && scheduled.compareAndSet(false, true)) {
            again();
        }
    }

    /** A scheduled task, even a due one, waits for the next round of the loop; one that is executed does not. */
    private void again() {
        try {
            loop.schedule(this::turn, 0, TimeUnit.NANOSECONDS);
        } catch (RuntimeException | Error e) {
            scheduled.set(false);
            failures.warn("turn not scheduled, the clock makes up for it", tail.dispatched(), e);
        }
    }

    /**
     * What a turn that broke off has and has not done is not known: nothing is delivered until all subscribers have fallen behind
     * to where they certainly are. If memory runs out in that too, the clock tries again.
     */
    private void makeGood() {
        isOutOfStep = true;
        try {
            skipToHead();
        } catch (Throwable e) {
            failures.warn("streams wait for memory", tail.dispatched(), e);
        }
    }

    private void deliverSome() {
        int half = turnDeliveries / 2;
        int done = catchUp.proceed(half);
        done += reads.deliver(half - done);
        while (done < turnDeliveries && (dispatch.isUnderWay() || dispatchNextSlice())) {
            done += dispatch.deliver(turnDeliveries - done);
        }
        if (!costlyRests && !costly.isEmpty()) {
            serveCostly(Math.max(turnDeliveries - done, Math.max(1, half / 2)));
        }
    }

    /** Behind the others, but with a share of its own. What is left has its next turn after as long a rest: half of the loop is not theirs. */
    private void serveCostly(int max) {
        long began = System.nanoTime();
        costly.proceed(max);
        if (!costly.isEmpty()) {
            loop.schedule(this::wakeCostly, System.nanoTime() - began, TimeUnit.NANOSECONDS);
            costlyRests = true;
        }
    }

    private void wakeCostly() {
        costlyRests = false;
        schedule();
    }

    private boolean isThrough() {
        return !dispatch.isUnderWay() && waiting.isEmpty() && inbox.isEmpty() && catchUp.isEmpty() && !reads.isReady();
    }

    /** Begins with the next slice of what was committed; false when there is none. */
    private boolean dispatchNextSlice() {
        if (waiting.isEmpty()) {
            waiting = takeInbox();
        }
        if (waiting.isEmpty()) {
            return false;
        }
        int dispatched = dispatch(waiting.subList(0, sliceEnd(waiting)));
        waiting = waiting.subList(dispatched, waiting.size());
        return true;
    }

    /** The events to dispatch; none without subscribers, or when events are missing and all subscribers read the log instead. */
    private List<Event> takeInbox() {
        List<Event> events = inbox.take();
        if (wheel.isEmpty()) {
            // offered while the last one left: a tail that began with it would not join what comes after the next one
            return List.of();
        }
        if (events == null || tail.isOverwritten(events)) {
            skipToHead();
            return List.of();
        }
        return events;
    }

    private static int sliceEnd(List<Event> events) {
        long bytes = 0;
        int end = 0;
        while (end < events.size() && end < SLICE_EVENTS && bytes < SLICE_BYTES) {
            bytes += events.get(end++).data().utf8().length;
        }
        return end;
    }

    /** Dispatches as much of a slice as is matched in a short time, one event at least, and returns how many events that is. */
    private int dispatch(List<Event> slice) {
        List<Group> touched = new ArrayList<>();
        int matched;
        try {
            matched = match(slice, touched);
            dispatch.begin(touched, tail.dispatched()).forEach(catchUp::add);
        } catch (Throwable e) {
            touched.forEach(Group::endDelivery);
            throw e;
        }
        if (!touched.isEmpty()) {
            servedAt = System.nanoTime();
        }
        slice.subList(0, matched).stream().filter(tail::isNew).forEach(tail::add);
        return matched;
    }

    private int match(List<Event> slice, List<Group> touched) {
        int matched = 0;
        int steps = 0;
        while (matched < slice.size() && steps < SLICE_STEPS) {
            Event event = slice.get(matched++);
            steps += tail.isNew(event) ? groups.match(event, touched, costly::add) : 0;
        }
        return matched;
    }

    /**
     * All subscribers read the log from where they are: events were lost on their way here, or the log has lost its tail. Doing a
     * part of it twice does no harm.
     */
    private void skipToHead() {
        isOutOfStep = true;
        Position head = hub.log().head();
        // a subscriber that is BEHIND where the shard still is would be LIVE again at once: all fall behind, then the
        // shard moves
        wheel.forEach(Subscriber::fallBehind);
        wheel.forEach(catchUp::add);
        dispatch.end();
        costly.clear();
        // those too that a dispatch which broke off had just reached
        groups.endDeliveries();
        waiting = List.of();
        replays.forget();
        tail.restart(head);
        isOutOfStep = false;
    }

    // ---- the clock

    /** An error here would end the clock, and with it every heartbeat of the shard. */
    void tick() {
        try {
            replays.forget();
            reads.feedStarving();
            if (isOutOfStep || !isThrough()) {
                schedule(); // perhaps the one before could not be
            }
            long headOffset = hub.log().head().offset();
            wheel.tick(System.nanoTime(), stallNanos(), headOffset);
        } catch (Throwable e) {
            failures.warn("tick failed", tail.dispatched(), e);
        }
    }

    private long stallNanos() {
        long set = settings.writeStall().toNanos();
        return budget.stallNanos(Use.CHUNKS, budget.stallNanos(Use.LARGE_CHUNKS, set));
    }

    // ---- what groups and subscribers may ask

    @Override
    public Instant now() {
        return times.instant();
    }

    @Override
    public void noteEnd(Subscriber subscriber) {
        ends.note(subscriber);
    }

    @Override
    public Standstills standstills() {
        return standstills;
    }

    @Override
    public MemoryBudget budget() {
        return budget;
    }

    @Override
    public Position dispatched() {
        return tail.dispatched();
    }

    @Override
    public int ticks() {
        return wheel.ticks();
    }

    @Override
    public boolean isSilentSince(int tick) {
        return wheel.isSilentSince(tick);
    }

    @Override
    public void ask(Subscriber subscriber, Feed feed, Position from, int maxBytes) {
        replays.ask(subscriber, feed, from, maxBytes);
    }

    @Override
    public boolean isClosing() {
        return counts.isClosing();
    }

    @Override
    public long retryMillis() {
        return settings.retryMillis();
    }

    @Override
    public boolean hasDirectWrites() {
        return settings.directWrites();
    }

    @Override
    public StreamListener listener() {
        return counts;
    }

    @Override
    public FailureLog failures() {
        return failures;
    }

    /** Whether an event was delivered a moment ago. */
    private boolean isServing() {
        return System.nanoTime() - servedAt < SERVING_NANOS;
    }
}
