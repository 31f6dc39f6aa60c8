package dev.belfry.stream;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Room for one stream and its patterns, reserved before its response begins, so that a storm of requests cannot open more streams than are allowed.
 * It goes to a subscriber or is released. Any thread.
 */
public final class StreamPlace {
    private final StreamCounts counts;
    private final StreamOwner owner;
    private final MemoryBudget.Hold patterns;
    private final AtomicBoolean isReserved = new AtomicBoolean(true);

    StreamPlace(StreamCounts counts, StreamOwner owner, MemoryBudget.Hold patterns) {
        this.counts = counts;
        this.owner = owner;
        this.patterns = patterns;
    }

    /** Whose stream it is. */
    StreamOwner owner() {
        return owner;
    }

    /** What the subscriber's patterns hold of the budget, for whoever takes the place. */
    MemoryBudget.Hold patterns() {
        return patterns;
    }

    /** Gives it to a subscriber, which keeps it until its channel is closed; false when it has been released. */
    boolean take() {
        return isReserved.compareAndSet(true, false);
    }

    /** Gives it back, unless a subscriber has it. Releasing again does nothing. */
    public void release() {
        if (isReserved.compareAndSet(true, false)) {
            patterns.close();
            counts.closed();
        }
    }
}
