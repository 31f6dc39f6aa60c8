package dev.belfry;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who in this process waits for an event, and by which filter: long polls and in-process subscribers. They are told that
 * something is there and read it from the log.
 *
 * <p>The log's writer thread hands events on and returns. They are matched in turns of about a millisecond by an executor, one turn
 * at a time: those whose filters an index finds first, then those with costly filters, each in its turn. Whatever cannot be matched,
 * because there is too much of it or because matching fails, is told to all who wait: nobody is forgotten.
 */
final class CommitWaiters implements CommitListener {
    private static final Logger log = LoggerFactory.getLogger(CommitWaiters.class);

    /** Of about a nanosecond each. */
    static final int TURN_STEPS = 500_000;

    /** What one step of the index costs in these. */
    static final int INDEX_STEP = 32;

    /** Telling one costs a microsecond or two. */
    private static final int TURN_TOLD = 256;

    private final Executor executor;
    private final int turnSteps;
    private final CommitInbox inbox = new CommitInbox();

    /** How often it was signalled; a turn is under way or due while it is not 0. */
    private final AtomicInteger signals = new AtomicInteger();

    // guarded by this
    private final SelectorIndex<Waiter> index = new SelectorIndex<>();
    private final Set<Waiter> all = new HashSet<>();
    private volatile boolean isAwaited;

    // owned by the turn
    private final ArrayDeque<Event> waiting = new ArrayDeque<>();
    private final CostlyWaiters costly = new CostlyWaiters();
    private final LinkedHashSet<Waiter> toTell = new LinkedHashSet<>();

    /** Something was not matched; set without a need for memory. */
    private boolean tellsAll;

    /** A poll or a flux that waits. Told apart by identity. */
    abstract static class Waiter {
        final EventFilter filter;
        private final @Nullable Position after;

        /** The next event to match, by its number; owned by {@link CostlyWaiters}. */
        long nextNumber = CostlyWaiters.NONE;

        /** Nobody waits any more. */
        volatile boolean isGone;

        /** @param after the place behind which it waits, where events of before would mislead it; null where they would not */
        Waiter(EventFilter filter, @Nullable Position after) {
            this.filter = filter;
            this.after = after;
        }

        /** Whether an event may be behind the place: not when it is one of the same epoch and no further on. */
        final boolean mayAwait(Event event) {
            Position position = event.position();
            return after == null || position.epoch() != after.epoch() || position.offset() > after.offset();
        }

        /** Hands on and returns. */
        abstract void arrived();
    }

    CommitWaiters(Executor executor) {
        this(executor, TURN_STEPS);
    }

    CommitWaiters(Executor executor, int turnSteps) {
        this.executor = executor;
        this.turnSteps = turnSteps;
    }

    // ---- any thread

    synchronized void add(Waiter waiter) {
        all.add(waiter);
        isAwaited = true;
        waiter.filter.indexSelectors().forEach(selector -> index.add(selector, waiter));
    }

    synchronized void remove(Waiter waiter) {
        waiter.isGone = true;
        if (all.remove(waiter)) {
            isAwaited = !all.isEmpty();
            waiter.filter.indexSelectors().forEach(selector -> index.remove(selector, waiter));
        }
    }

    /** Who begins to wait looks at the log after it was added, so that nobody misses what nobody awaited. */
    @Override
    public void committed(List<Event> events) {
        if (isAwaited) {
            try {
                inbox.add(events);
            } finally {
                signal();
            }
        }
    }

    private void signal() {
        if (signals.getAndIncrement() == 0) {
            start();
        }
    }

    private void start() {
        try {
            executor.execute(this::turn);
        } catch (RejectedExecutionException e) {
            // the hub has ended, and everybody's wait with it
            inbox.take();
        } catch (RuntimeException | Error e) {
            // the next commit tries again, and finds what is in the inbox
            signals.set(0);
            throw e;
        }
    }

    // ---- turns, one at a time

    private void turn() {
        int seen = signals.get();
        boolean more;
        try {
            more = work();
        } catch (RuntimeException | Error e) {
            tellsAll = true;
            more = true;
            log.debug("events not matched, all who wait are told cause={}", e.toString());
        }
        if (more || signals.addAndGet(-seen) > 0) {
            start();
        }
    }

    /** Returns whether there is more. */
    private boolean work() {
        takeInbox();
        matchSome();
        costly.match(turnSteps / 2, toTell);
        tellSome();
        // what came while some still waited has been signalled, and not taken
        return !inbox.isEmpty() || !waiting.isEmpty() || !costly.isEmpty() || !toTell.isEmpty();
    }

    private void takeInbox() {
        if (waiting.isEmpty()) {
            List<Event> events = inbox.take();
            tellsAll |= events == null;
            waiting.addAll(events == null ? List.of() : events);
        }
        if (tellsAll) {
            tellAll();
            tellsAll = false;
        }
    }

    private synchronized void tellAll() {
        toTell.addAll(all);
    }

    private void matchSome() {
        for (int steps = 0; steps < turnSteps / 2 && !waiting.isEmpty(); ) {
            steps += match(waiting.remove());
        }
    }

    private int match(Event event) {
        List<Waiter> candidates = new ArrayList<>();
        int before = toTell.size();
        int steps = find(event, candidates) + candidates.size() + toTell.size() - before;
        costly.add(event, candidates);
        return steps * INDEX_STEP;
    }

    /** The lock is held for one event, as {@link #add} and {@link #remove} wait for it. */
    private synchronized int find(Event event, List<Waiter> candidates) {
        int steps = 0;
        for (Topic topic : event.topics()) {
            steps += index.match(topic, waiter -> {
                if (!waiter.mayAwait(event) || toTell.contains(waiter)) {
                    return;
                }
                if (waiter.filter.isCostly()) {
                    candidates.add(waiter);
                } else if (waiter.filter.isGranted(event)) {
                    toTell.add(waiter);
                }
            });
        }
        return steps;
    }

    private void tellSome() {
        for (int told = 0; told < TURN_TOLD && !toTell.isEmpty(); told++) {
            Waiter waiter = toTell.iterator().next();
            toTell.remove(waiter);
            tell(waiter);
        }
    }

    /** What one throws is not another's. */
    private static void tell(Waiter waiter) {
        try {
            waiter.arrived();
        } catch (RuntimeException | Error e) {
            log.debug("waiter failed cause={}", e.toString());
        }
    }
}
