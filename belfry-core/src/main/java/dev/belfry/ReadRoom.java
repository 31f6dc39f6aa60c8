package dev.belfry;

/**
 * Says whether there is memory for a large event, before a read of the log brings it there. Asked by the thread that reads, for each
 * event of more than {@link #ASKED_FROM_BYTES} that the filter accepts.
 */
@FunctionalInterface
public interface ReadRoom {
    /** What is smaller is read without a question. */
    int ASKED_FROM_BYTES = 512 << 10;

    /** There is always room. */
    ReadRoom ANY = bytes -> true;

    /** There never is: for a read that asks for a gap, and not for events. */
    ReadRoom NONE = bytes -> false;

    /**
     * Takes room for one more event of the same read.
     *
     * @param bytes what it takes in the log, about
     * @return false when there is none: then the read ends in front of the event
     */
    boolean take(long bytes);
}
