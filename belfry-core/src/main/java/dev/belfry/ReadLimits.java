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
 * @param room is asked for each large event, and may end the read in front of it
 */
public record ReadLimits(int maxEvents, int maxBytes, int maxLooked, long maxNanos, ReadRoom room) {
    private static final int LOOKED = 10_000;
    private static final int TURN_LOOKED = 2_000;
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    public ReadLimits {
        if (maxEvents < 1 || maxBytes < 1 || maxLooked < 1 || maxNanos < 0) {
            throw new IllegalArgumentException("maxEvents=" + maxEvents + " maxBytes=" + maxBytes + " maxLooked="
                    + maxLooked + " maxNanos=" + maxNanos);
        }
    }

    /** Looks at 10,000 events, however long that takes, and has room for each. */
    public ReadLimits(int maxEvents, int maxBytes) {
        this(maxEvents, maxBytes, LOOKED, Long.MAX_VALUE);
    }

    /** With room for each event. */
    public ReadLimits(int maxEvents, int maxBytes, int maxLooked, long maxNanos) {
        this(maxEvents, maxBytes, maxLooked, maxNanos, ReadRoom.ANY);
    }

    /** The same, with another room. */
    public ReadLimits in(ReadRoom other) {
        return new ReadLimits(maxEvents, maxBytes, maxLooked, maxNanos, other);
    }

    /** The same for one turn of a read that shares its thread with others: 2,000 events or a millisecond. */
    public ReadLimits turn() {
        return new ReadLimits(
                maxEvents, maxBytes, Math.min(maxLooked, TURN_LOOKED), Math.min(maxNanos, TURN_NANOS), room);
    }

    /** What is left when so much has been found. */
    ReadLimits less(int events, long bytes) {
        return new ReadLimits(
                Math.max(1, maxEvents - events), (int) Math.max(1, maxBytes - bytes), maxLooked, maxNanos, room);
    }
}
