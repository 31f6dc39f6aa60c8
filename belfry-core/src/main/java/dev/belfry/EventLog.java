package dev.belfry;

import dev.belfry.BelfryException.LogClosed;
import dev.belfry.BelfryException.LogStorage;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The one ordered, durable sequence of events that everything else follows.
 *
 * <p>Its rules are the names of the tests in {@code EventLogContract} ({@code belfry-testkit}), which every implementation
 * passes. All methods may be called by any thread.
 */
public interface EventLog extends AutoCloseable {
    /**
     * Appends a publication, all of it or nothing, behind all that was appended before.
     *
     * @return completed when the events are durable, by the writer thread; or failed with a {@link BelfryException}: {@code
     *     LogFull} at once when the queue is full, {@code IdempotencyConflict}, {@code LogStorage}, {@code LogClosed}
     */
    default CompletableFuture<Receipt> append(Publication publication) {
        return append(publication, Runnable::run);
    }

    /**
     * As {@link #append(Publication)}, completed by an executor: one task of it completes all that became durable, or failed,
     * together. What is refused at once is so in the calling thread.
     */
    CompletableFuture<Receipt> append(Publication publication, Executor answers);

    /**
     * Reads on from a cursor. Blocks while the storage does, so it is no call for an event loop. It seeks, whatever the
     * cursor is; a cursor that cannot be resumed from gives a chunk with a gap and the oldest events.
     *
     * @throws LogStorage when the storage fails
     * @throws LogClosed after {@link #close()}
     */
    Chunk read(EventFilter filter, Position after, ReadLimits limits);

    /** The position of the newest event; that before the first one while there has been none. */
    Position head();

    /**
     * The position of the oldest event kept; the one behind {@link #head()} when none is. An event whose own time is over
     * counts as kept until retention takes it: nobody misses it, so it leaves no gap.
     */
    Position oldest();

    /** The epoch of the next event. Kept with the data; another one when the log may have lost its tail. */
    long epoch();

    /**
     * The place behind the last event that is not later than {@code time}. Blocks as {@link #read} does.
     *
     * @throws LogStorage when the storage fails
     * @throws LogClosed after {@link #close()}
     */
    Position positionAt(Instant time);

    /** Adds a listener, told of all commits from the next one on. */
    void onCommit(CommitListener listener);

    /** The place before the oldest event. */
    default Position beforeOldest() {
        Position oldest = oldest();
        return new Position(oldest.epoch(), oldest.offset() - 1);
    }

    /** Commits what was appended before, makes it durable, and lets go of the storage. Closing again does nothing. */
    @Override
    void close();
}
