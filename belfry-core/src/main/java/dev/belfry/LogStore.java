package dev.belfry;

import dev.belfry.BelfryException.LogStorage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The storage under a {@link LogWriter}, whose thread alone calls it. */
public interface LogStore {
    /** The position that the next event gets. */
    Position next();

    /** The time of the newest event; the epoch of time when there has been none. */
    Instant lastTime();

    /** What is kept under an idempotency key, expired or not. */
    @Nullable
    KeptReceipt find(String key);

    /**
     * Writes events and keys as one, all or nothing. When it returns they are durable and can be read, and {@link #next()}
     * has moved.
     *
     * @throws LogStorage when it cannot; nothing was written
     */
    void write(CommitGroup group);

    /** Removes a bounded part of what need not be kept. Called between writes, and about once a second when idle. */
    void trim();

    /** Makes durable what was written, and lets go of the storage. */
    void close();
}
