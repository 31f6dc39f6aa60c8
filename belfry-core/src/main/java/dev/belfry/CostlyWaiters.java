package dev.belfry;

import dev.belfry.CommitWaiters.Waiter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Waiters whose filters are {@linkplain EventFilter#isCostly() costly}, and the newest events that may be theirs. Each in its turn looks at
 * some of what has come since it looked last; one match is enough. Who has fallen too far behind is told without having looked.
 * Owned by one thread at a time.
 */
final class CostlyWaiters {
    static final long NONE = -1;
    private static final int MAX_EVENTS = 256;
    private static final long MAX_BYTES = 8 << 20;

    /** What one takes before it is another's turn. */
    private static final int SHARE_STEPS = 100_000;

    private final List<EventTopics> events = new ArrayList<>();
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();

    /** The number of the oldest event here. */
    private long firstNumber;

    private long bytes;

    boolean isEmpty() {
        return waiters.isEmpty();
    }

    /** @param candidates that an index found for the event; one may stand there several times */
    void add(Event event, List<Waiter> candidates) {
        if (candidates.isEmpty()) {
            return;
        }
        events.add(new EventTopics(event));
        bytes += event.data().utf8().length;
        for (Waiter waiter : candidates) {
            if (waiter.nextNumber == NONE) {
                waiter.nextNumber = firstNumber + events.size() - 1;
                waiters.add(waiter);
            }
        }
        while (events.size() > MAX_EVENTS || (bytes > MAX_BYTES && events.size() > 1)) {
            bytes -= events.remove(0).event().data().utf8().length;
            firstNumber++;
        }
    }

    /** Lets as many waiters look as there are steps for, one at least, and adds those that have found something to {@code found}. */
    void match(int maxSteps, Set<Waiter> found) {
        for (int steps = 0; steps < maxSteps && !waiters.isEmpty(); ) {
            Waiter waiter = waiters.remove();
            steps += waiter.isGone ? 1 : look(waiter, found);
        }
        if (waiters.isEmpty()) {
            firstNumber += events.size();
            events.clear();
            bytes = 0;
        }
    }

    private int look(Waiter waiter, Set<Waiter> found) {
        int next = (int) (waiter.nextNumber - firstNumber);
        boolean hasFound = next < 0;
        int steps = 1;
        while (!hasFound && next < events.size() && steps < SHARE_STEPS) {
            EventTopics topics = events.get(next++);
            steps += waiter.filter.maxSteps(topics.event());
            hasFound = waiter.mayAwait(topics.event()) && waiter.filter.accepts(topics);
        }
        if (hasFound) {
            found.add(waiter);
        }
        if (hasFound || next == events.size()) {
            waiter.nextNumber = NONE;
        } else {
            waiter.nextNumber = firstNumber + next;
            waiters.add(waiter);
        }
        return steps;
    }
}
