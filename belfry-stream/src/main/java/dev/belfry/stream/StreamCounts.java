package dev.belfry.stream;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** How many streams there are over all shards, and whether there may be more. */
final class StreamCounts {
    private final LongAdder stalled = new LongAdder();
    private volatile boolean closing;
    private int open;

    void close() {
        closing = true;
    }

    boolean isClosing() {
        return closing;
    }

    synchronized void opened() {
        open++;
    }

    synchronized void closed() {
        if (--open == 0) {
            notifyAll();
        }
    }

    synchronized int open() {
        return open;
    }

    void stalled() {
        stalled.increment();
    }

    long stalledSoFar() {
        return stalled.sum();
    }

    /** Waits until no stream is open, or the time is over. */
    synchronized boolean awaitNone(Duration atMost) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + atMost.toNanos();
        while (open > 0) {
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            if (leftMillis <= 0) {
                return false;
            }
            wait(leftMillis);
        }
        return true;
    }
}
