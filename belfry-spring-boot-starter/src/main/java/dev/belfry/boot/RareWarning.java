package dev.belfry.boot;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/** A warning that strangers may cause, and that is therefore written once a minute at most. */
final class RareWarning {
    private static final long PERIOD_NANOS = Duration.ofMinutes(1).toNanos();

    private final Logger log;
    private final AtomicLong nextNanos = new AtomicLong(System.nanoTime());

    RareWarning(Logger log) {
        this.log = log;
    }

    void log(String format, Object... arguments) {
        long now = System.nanoTime();
        long next = nextNanos.get();
        if (now - next >= 0 && nextNanos.compareAndSet(next, now + PERIOD_NANOS)) {
            log.warn(format, arguments);
        }
    }
}
