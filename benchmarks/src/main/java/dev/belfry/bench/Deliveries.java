package dev.belfry.bench;

import org.HdrHistogram.Histogram;

/** What all subscribers have received. Owned by the load's thread. */
final class Deliveries {
    private static final long MAX_NANOS = 60_000_000_000L;

    final int padding;
    final Histogram latencyNanos = new Histogram(MAX_NANOS, 3);
    long count;
    long outOfOrder;
    boolean recordsLatency;

    Deliveries(int paddingBytes) {
        padding = paddingBytes;
    }

    void add(long nanos) {
        count++;
        if (recordsLatency) {
            latencyNanos.recordValue(Math.max(0, Math.min(nanos, MAX_NANOS)));
        }
    }
}
