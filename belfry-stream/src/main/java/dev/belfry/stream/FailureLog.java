package dev.belfry.stream;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes at most one line a second: a failure of the server's own may concern every stream at once, and each of them would write
 * the same. Any thread. Never throws: what it is told of is mostly a lack of memory, in the middle of making something good.
 */
final class FailureLog {
    private static final Logger log = LoggerFactory.getLogger(FailureLog.class);
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLong nextAtNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong silent = new AtomicLong();

    /**
     * Writes a line, unless another one was written within a second.
     *
     * @param failure what failed, e.g. {@code replay failed}
     * @param at where, as a position or format
     */
    void warn(String failure, Object at, Throwable cause) {
        long now = System.nanoTime();
        long next = nextAtNanos.get();
        if (now - next >= 0 && nextAtNanos.compareAndSet(next, now + EVERY_NANOS)) {
            write(failure, at, cause);
        } else {
            silent.incrementAndGet();
        }
    }

    private void write(String failure, Object at, Throwable cause) {
        try {
            log.warn("{} at={} silent={} cause={}", failure, at, silent.getAndSet(0), cause.toString());
        } catch (Throwable e) {
            silent.incrementAndGet();
        }
    }
}
