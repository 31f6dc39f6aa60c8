package dev.belfry;

import java.time.Duration;

/**
 * What a log reports about its work, for metrics. The calls come from the log's writer thread, {@link #refused} from
 * publishers' threads too, so an implementation only counts. What it throws is logged and has no effect.
 */
public interface LogListener {
    /** Counts nothing. */
    LogListener NONE = new LogListener() {};

    /**
     * One write, which made a group of publications durable.
     *
     * @param publications how many, at least 1
     * @param events how many events they had
     * @param bytes how much they took in the queue
     * @param write how long the storage took, its sync included
     * @param queued how long the first of them had waited in the queue
     */
    record Commit(int publications, int events, long bytes, Duration write, Duration queued) {}

    /** A group is durable and can be read. */
    default void committed(Commit commit) {}

    /**
     * A write failed, and all publications of its group with it.
     *
     * @param code of the {@link BelfryException}, e.g. {@code log-out-of-space}
     */
    default void writeFailed(String code) {}

    /**
     * One publication was refused, be it because of the queue, the end of the log, or its idempotency key.
     *
     * @param code of the {@link BelfryException}, e.g. {@code log-full}
     */
    default void refused(String code) {}

    /**
     * Retention removed the oldest events.
     *
     * @param events how many
     * @param bytes as the log counts them for {@link Retention#bytes()}
     */
    default void trimmed(long events, long bytes) {}
}
