package dev.belfry;

import java.util.concurrent.TimeUnit;

/**
 * How much one read may return, and how much it may look at. It ends behind the event with which a limit is reached, so that
 * the first event is looked at, and returned, whatever its size and however late it is.
 *
 * @param maxEvents at least 1
 * @param maxBytes of data, at least 1
 * @param maxLooked how many events are looked at, whether or not the filter accepts them; at least 1
 * @param maxNanos for how long events are looked at; at least 0
 */
public record ReadLimits(int maxEvents, int maxBytes, int maxLooked, long maxNanos) {
    private static final int LOOKED = 10_000;
    private static final int TURN_LOOKED = 2_000;
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    public ReadLimits {
        if (maxEvents < 1 || maxBytes < 1 || maxLooked < 1 || maxNanos < 0) {
            throw new IllegalArgumentException("maxEvents=" + maxEvents + " maxBytes=" + maxBytes + " maxLooked="
                    + maxLooked + " maxNanos=" + maxNanos);
        }
    }

    /** Looks at 10,000 events, however long that takes. */
    public ReadLimits(int maxEvents, int maxBytes) {
        this(maxEvents, maxBytes, LOOKED, Long.MAX_VALUE);
    }

    /** The same for one turn of a read that shares its thread with others: 2,000 events or a millisecond. */
    public ReadLimits turn() {
        return new ReadLimits(maxEvents, maxBytes, Math.min(maxLooked, TURN_LOOKED), Math.min(maxNanos, TURN_NANOS));
    }

    /** What is left when so much has been found. */
    ReadLimits less(int events, long bytes) {
        return new ReadLimits(
                Math.max(1, maxEvents - events), (int) Math.max(1, maxBytes - bytes), maxLooked, maxNanos);
    }
}
