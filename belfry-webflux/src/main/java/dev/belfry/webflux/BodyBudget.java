package dev.belfry.webflux;

import java.util.concurrent.atomic.AtomicLong;

/** How much of the heap the bodies of all publications that are under way may take together. */
final class BodyBudget {
    private static final long LEAST_BYTES = 16L << 20;

    private final long limitBytes;
    private final AtomicLong takenBytes = new AtomicLong();

    BodyBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** An eighth of the heap, 16 MiB at least. */
    static BodyBudget ofHeap() {
        return new BodyBudget(Math.max(LEAST_BYTES, Runtime.getRuntime().maxMemory() / 8));
    }

    /** Takes a part; false when it is not there. The first is let in whatever its size. */
    boolean take(long bytes) {
        long taken = takenBytes.addAndGet(bytes);
        if (taken <= limitBytes || taken == bytes) {
            return true;
        }
        giveBack(bytes);
        return false;
    }

    void giveBack(long bytes) {
        takenBytes.addAndGet(-bytes);
    }
}
