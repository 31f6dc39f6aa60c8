package dev.belfry;

import java.time.Clock;
import java.time.Duration;

/**
 * What every log is set up with.
 *
 * @param retention how much is kept
 * @param removals how much is remembered of what retention removed
 * @param idempotencyWindow how long an idempotency key is known
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
        int queueEvents,
        long queueBytes,
        Clock clock,
        LogListener listener,
        FatalErrorListener fatalErrors) {
    /** 24 hours of keys; 64 Ki notifications or 64 MiB in the queue. */
    public static final LogSettings DEFAULT = new LogSettings(
            Retention.DEFAULT,
            RemovalLimits.DEFAULT,
            Duration.ofHours(24),
            1 << 16,
            64L << 20,
            Clock.systemUTC(),
            LogListener.NONE,
            FatalErrorListener.NONE);

    public LogSettings withRetention(Retention retention) {
        return new LogSettings(
                retention, removals, idempotencyWindow, queueEvents, queueBytes, clock, listener, fatalErrors);
    }

    public LogSettings withRemovals(RemovalLimits removals) {
        return new LogSettings(
                retention, removals, idempotencyWindow, queueEvents, queueBytes, clock, listener, fatalErrors);
    }

    public LogSettings withIdempotencyWindow(Duration window) {
        return new LogSettings(retention, removals, window, queueEvents, queueBytes, clock, listener, fatalErrors);
    }

    public LogSettings withQueue(int events, long bytes) {
        return new LogSettings(retention, removals, idempotencyWindow, events, bytes, clock, listener, fatalErrors);
    }

    public LogSettings withClock(Clock clock) {
        return new LogSettings(
                retention, removals, idempotencyWindow, queueEvents, queueBytes, clock, listener, fatalErrors);
    }

    public LogSettings withListener(LogListener listener) {
        return new LogSettings(
                retention, removals, idempotencyWindow, queueEvents, queueBytes, clock, listener, fatalErrors);
    }

    public LogSettings withFatalErrors(FatalErrorListener fatalErrors) {
        return new LogSettings(
                retention, removals, idempotencyWindow, queueEvents, queueBytes, clock, listener, fatalErrors);
    }
}
