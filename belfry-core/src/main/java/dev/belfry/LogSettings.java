package dev.belfry;

import java.time.Clock;
import java.time.Duration;

/**
 * What every log is set up with.
 *
 * @param retention how much is kept
 * @param idempotencyWindow how long an idempotency key is known
 * @param queueEvents how many notifications may wait to be written before {@code LogFull}
 * @param queueBytes how many bytes of them may wait
 * @param clock for the times of events, retention, and keys
 */
public record LogSettings(
        Retention retention, Duration idempotencyWindow, int queueEvents, long queueBytes, Clock clock) {
    /** 24 hours of keys; 64 Ki notifications or 64 MiB in the queue. */
    public static final LogSettings DEFAULT =
            new LogSettings(Retention.DEFAULT, Duration.ofHours(24), 1 << 16, 64L << 20, Clock.systemUTC());

    public LogSettings withRetention(Retention retention) {
        return new LogSettings(retention, idempotencyWindow, queueEvents, queueBytes, clock);
    }

    public LogSettings withIdempotencyWindow(Duration window) {
        return new LogSettings(retention, window, queueEvents, queueBytes, clock);
    }

    public LogSettings withQueue(int events, long bytes) {
        return new LogSettings(retention, idempotencyWindow, events, bytes, clock);
    }

    public LogSettings withClock(Clock clock) {
        return new LogSettings(retention, idempotencyWindow, queueEvents, queueBytes, clock);
    }
}
