package dev.belfry;

import dev.belfry.BelfryException.LogStorage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The storage under a {@link LogWriter}, whose thread alone calls it, except where it says otherwise. */
public interface LogStore {
    /** The position that the next event gets. */
    Position next();

    /** The position of the event behind one, in the same group. */
    default Position following(Position position) {
        return position.plus(1);
    }

    /** The time of the newest event; the epoch of time when there has been none. */
    Instant lastTime();

    /** What is kept under an idempotency key, expired or not. */
    @Nullable
    KeptReceipt find(String key);

    /**
     * Writes events and keys as one, all or nothing. When it returns they are durable and can be read, and {@link #next()}
     * has moved.
     *
     * @throws LogStorage when it cannot; nothing was written. Whatever else it throws, nobody knows what was written, and the
     *     log ends: see {@link FatalErrorListener}
     */
    void write(CommitGroup group);

    /**
     * Removes a bounded part of what need not be kept. Called between writes, and about twice a second when idle. Whatever it
     * throws, the state is right, and it is called again.
     *
     * @return how long the next call may wait for publications, in ms; 0 when there is more to remove at once
     */
    long trim();

    /**
     * Deletes some of a topic's events, in a few ms. What it has deleted is durable when it returns that there are no more.
     *
     * @param from the first offset that is deleted
     * @param upTo the last one
     * @throws LogStorage when it cannot; nothing of this part is deleted then
     */
    Deleted delete(Topic topic, long from, long upTo);

    /**
     * A part of a deletion.
     *
     * @param events how many were deleted
     * @param next the offset to go on from
     * @param isMore whether there may be more
     */
    record Deleted(int events, long next, boolean isMore) {}

    /**
     * Finds out, after a failed write, whether writing works again. Called about twice a second while nobody publishes.
     *
     * @return whether it does
     */
    default boolean recover() {
        return true;
    }

    /** The position of the newest event. Any thread. */
    Position head();

    /** What the kept events take, as the log counts it for retention. Any thread. */
    long keptBytes();

    /** How many events are kept, or a few more. Any thread. */
    long keptEvents();

    /** How many kept events are known to be unreadable, for damage of the storage. Any thread. */
    default long damagedEvents() {
        return 0;
    }

    /** Makes durable what was written, and releases the storage. */
    void close();
}
