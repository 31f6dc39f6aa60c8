package dev.belfry.attack;

import dev.belfry.attack.stage.HonestReport;
import org.HdrHistogram.Histogram;

/**
 * Between what limits an attack is held.
 *
 * @param publishMillis 99 of 100 publications
 * @param deliveryMillis 99 of 100 deliveries
 * @param pollMillis 99 of 100 polls
 */
record Limits(double publishMillis, double deliveryMillis, double pollMillis) {
    /** The heap and as much outside of it, RocksDB's 80 MB, and 200 MB for code, threads and what the allocator does not give back. */
    static final long MOST_RESIDENT_BYTES = 800L << 20;

    /** Of what is alive behind an attack. */
    static final long MOST_LIVE_HEAP_BYTES = 96L << 20;

    /** A line a second for each of two causes, and what comes once. */
    static final double LOG_LINES_PER_SECOND = 2;

    static final int LOG_LINES_ONCE = 5;

    /** What may still be open behind an attack: kept connections of the honest ones, files of the log. */
    static final int MORE_DESCRIPTORS = 40;

    static final int MORE_THREADS = 10;

    private static final double TIMES_THE_USUAL = 2;

    /** Twice the 10 ms that the slowest hundredth took on the quiet machine where this rule was made: less is noise. */
    private static final double FLOOR_MILLIS = 20;

    /** For machines that do much else at the same time: a server that stands still is noticed, and nothing else. */
    static Limits lenient() {
        return new Limits(5000, 5000, 5000);
    }

    static Limits none() {
        return new Limits(Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE);
    }

    /** Twice what it is without an attack. */
    static Limits over(HonestReport quiet) {
        return new Limits(twice(quiet.publishNanos()), twice(quiet.deliveryNanos()), twice(quiet.pollNanos()));
    }

    private static double twice(Histogram quiet) {
        return Math.max(FLOOR_MILLIS, TIMES_THE_USUAL * millis(quiet, 99));
    }

    static double millis(Histogram nanos, double percentile) {
        return nanos.getValueAtPercentile(percentile) / 1e6;
    }
}
