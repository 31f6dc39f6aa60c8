package dev.belfry;

import dev.belfry.BelfryException.LogClosed;
import dev.belfry.BelfryException.LogStorage;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The one ordered, durable sequence of events that everything else follows.
 *
 * <p>Its rules are the names of the tests in {@code EventLogContract} ({@code belfry-testkit}), which every implementation
 * passes. All methods may be called by any thread.
 *
 * <p>Offsets rise from event to event, and may have holes: in front of an event, behind one, and inside a batch. A place in a hole
 * is a cursor like any other.
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
     * cursor is.
     *
     * <p>The chunk has a gap if and only if an event behind the cursor that the filter accepts may be missing: retention has
     * removed it, the log does not know the cursor, or has lost its tail since. What the log remembers of removed events has a
     * bound ({@link RemovalLimits}); a cursor older than that gets a gap. An event whose own time is over leaves none. {@link
     * Position#EARLIEST} begins with the oldest event kept and has no such gap. Events that damage has made unreadable are a gap too, in
     * front of the events behind them; such a gap's {@code oldest} is where reading goes on.
     *
     * <p>A large event for which {@link ReadLimits#room} has no room ends the chunk in front of it, with {@link Chunk#headReached()} false.
     *
     * @throws LogStorage when the storage fails
     * @throws LogClosed after {@link #close()}
     */
    Chunk read(EventFilter filter, Position after, ReadLimits limits);

    /** The position of the newest event; that before the first one while there has been none. */
    Position head();

    /**
     * The place where what is kept begins: that of the oldest event, or one in front of it; the one behind {@link #head()} when
     * none is kept. All that retention has removed lies before it. An event whose own time is over counts as kept until
     * retention takes it.
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

    /**
     * The place of the first kept event with a publisher's own id; none when no kept event has it. Takes about as long as a
     * read. Blocks as {@link #read} does.
     *
     * @throws LogStorage when the storage fails
     * @throws LogClosed after {@link #close()}
     */
    Optional<Position> positionOf(String alias);

    /** Adds a listener, told of all commits from the next one on until it is removed. */
    Registration onCommit(CommitListener listener);

    /** The clock that gives events their times. */
    Clock clock();

    /** How it is doing. Never blocks, and works after {@link #close()} too. */
    LogStatus status();

    /** The place before the oldest event. */
    default Position beforeOldest() {
        return oldest().before();
    }

    /** Commits what was appended before, makes it durable, and releases the storage. Closing again does nothing. */
    @Override
    void close();
}
