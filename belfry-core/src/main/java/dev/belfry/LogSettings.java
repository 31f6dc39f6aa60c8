package dev.belfry;

import java.time.Clock;
import java.time.Duration;

/**
 * What every log is set up with.
 *
 * @param retention how much is kept
 * @param removals how much is remembered of what retention removed
 * @param idempotencyWindow how long an idempotency key is known
 * @param idempotencyKeys how many are known; beyond it the oldest are forgotten first
 * @param queueEvents how many notifications may wait to be written before {@code LogFull}
 * @param queueBytes how many bytes of them may wait
 * @param clock for the times of events, retention, and keys
 * @param listener what counts the log's work
 * @param fatalErrors is told when the log cannot go on
 */
public record LogSettings(
        Retention retention,
        RemovalLimits removals,
        Duration idempotencyWindow,
        long idempotencyKeys,
        int queueEvents,
        long queueBytes,
        Clock clock,
        LogListener listener,
        FatalErrorListener fatalErrors) {
    /** 24 hours of keys, a million of them; 64 Ki notifications or 64 MiB in the queue. */
    public static final LogSettings DEFAULT = new LogSettings(
            Retention.DEFAULT,
            RemovalLimits.DEFAULT,
            Duration.ofHours(24),
            1_000_000,
            1 << 16,
            64L << 20,
            Clock.systemUTC(),
            LogListener.NONE,
            FatalErrorListener.NONE);

    public LogSettings {
        if (idempotencyKeys < 1) {
            throw new IllegalArgumentException("idempotencyKeys=" + idempotencyKeys);
        }
    }

    public LogSettings withRetention(Retention retention) {
        return new LogSettings(
                retention,
                removals,
                idempotencyWindow,
                idempotencyKeys,
                queueEvents,
                queueBytes,
                clock,
                listener,
                fatalErrors);
    }

    public LogSettings withRemovals(RemovalLimits removals) {
        return new LogSettings(
                retention,
                removals,
                idempotencyWindow,
                idempotencyKeys,
                queueEvents,
                queueBytes,
                clock,
                listener,
                fatalErrors);
    }

    public LogSettings withIdempotencyWindow(Duration window) {
        return new LogSettings(
                retention, removals, window, idempotencyKeys, queueEvents, queueBytes, clock, listener, fatalErrors);
    }

    public LogSettings withIdempotencyKeys(long keys) {
        return new LogSettings(
                retention, removals, idempotencyWindow, keys, queueEvents, queueBytes, clock, listener, fatalErrors);
    }

    public LogSettings withQueue(int events, long bytes) {
        return new LogSettings(
                retention, removals, idempotencyWindow, idempotencyKeys, events, bytes, clock, listener, fatalErrors);
    }

    public LogSettings withClock(Clock clock) {
        return new LogSettings(
                retention,
                removals,
                idempotencyWindow,
                idempotencyKeys,
                queueEvents,
                queueBytes,
                clock,
                listener,
                fatalErrors);
    }

    public LogSettings withListener(LogListener listener) {
        return new LogSettings(
                retention,
                removals,
                idempotencyWindow,
                idempotencyKeys,
                queueEvents,
                queueBytes,
                clock,
                listener,
                fatalErrors);
    }

    public LogSettings withFatalErrors(FatalErrorListener fatalErrors) {
        return new LogSettings(
                retention,
                removals,
                idempotencyWindow,
                idempotencyKeys,
                queueEvents,
                queueBytes,
                clock,
                listener,
                fatalErrors);
    }
}
