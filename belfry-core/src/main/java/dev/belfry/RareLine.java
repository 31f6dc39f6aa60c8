package dev.belfry;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A line of the log that strangers may cause, and that is therefore written once a second at most. Each line says how many were
 * left out since the one before. There is one of these for each cause; any thread may use it.
 */
public final class RareLine {
    private static final long PERIOD_NANOS = Duration.ofSeconds(1).toNanos();

    private final Logger log;
    private final Level level;
    private final LongSupplier nanoTime;
    private final AtomicLong nextNanos;
    private final AtomicLong leftOut = new AtomicLong();

    RareLine(Logger log, Level level, LongSupplier nanoTime) {
        this.log = log;
        this.level = level;
        this.nanoTime = nanoTime;
        nextNanos = new AtomicLong(nanoTime.getAsLong());
    }

    /** What an operator should look at. */
    public static RareLine warning(Logger log) {
        return new RareLine(log, Level.WARN, System::nanoTime);
    }

    /** What should not happen whatever is sent. */
    public static RareLine error(Logger log) {
        return new RareLine(log, Level.ERROR, System::nanoTime);
    }

    /**
     * Writes the line, or counts it when there was one within a second.
     *
     * @param format of SLF4J, with {@code key={}} for each argument, and nothing in it of what was sent
     * @param arguments the values; a {@link Supplier} is asked for its own if the line is written
     */
    public void log(String format, Object... arguments) {
        long now = nanoTime.getAsLong();
        long next = nextNanos.get();
        if (now - next < 0 || !nextNanos.compareAndSet(next, now + PERIOD_NANOS)) {
            leftOut.incrementAndGet();
            return;
        }
        LoggingEventBuilder line = log.atLevel(level).setMessage(format + " leftOut={}");
        for (Object argument : arguments) {
            line = line.addArgument(argument instanceof Supplier<?> later ? later.get() : argument);
        }
        line.addArgument(leftOut.getAndSet(0)).log();
    }
}
