package dev.belfry.bench;

import org.HdrHistogram.Histogram;

/**
 * What one run gave.
 *
 * @param deliveriesPerSecond over all subscribers, while it was measured
 * @param eventsPerSecond published
 * @param latencyNanos from when an event was meant to be sent to when the last byte of it was read
 * @param incomplete subscribers that did not get every event
 * @param outOfOrder deliveries out of order or twice
 * @param lostConnections subscribers that the server cut off
 */
record Result(
        double deliveriesPerSecond,
        double eventsPerSecond,
        Histogram latencyNanos,
        long incomplete,
        long outOfOrder,
        long lostConnections) {
    /** Whether every delivery arrived once and in order; else the run counts for nothing. */
    boolean isValid() {
        return incomplete == 0 && outOfOrder == 0 && lostConnections == 0;
    }

    double millisAt(double percentile) {
        return latencyNanos.getValueAtPercentile(percentile) / 1e6;
    }

    @Override
    public String toString() {
        return String.format(
                java.util.Locale.ROOT,
                "%,.0f deliveries/s, %,.0f events/s%s%s",
                deliveriesPerSecond,
                eventsPerSecond,
                latencyNanos.getTotalCount() == 0
                        ? ""
                        : String.format(
                                java.util.Locale.ROOT, ", p50 %.2f ms, p99 %.2f ms", millisAt(50), millisAt(99)),
                isValid()
                        ? ""
                        : ", VOID: incomplete=" + incomplete + " outOfOrder=" + outOfOrder + " lost="
                                + lostConnections);
    }
}
