package dev.belfry.boot;

import dev.belfry.EventLog;
import dev.belfry.LogListener;
import dev.belfry.LogStatus;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.ToDoubleFunction;

/** Counts what the log does. The names of all meters are in docs/operations.md. */
final class LogMeters implements LogListener {
    private final MeterRegistry registry;
    private final Counter publications;
    private final Counter events;
    private final Timer commits;
    private final Timer queued;
    private final Counter trimmed;

    LogMeters(MeterRegistry registry) {
        this.registry = registry;
        publications = counter("belfry.publications", "Publications that the log has committed");
        events = counter("belfry.published", "Events that the log has committed");
        commits = timer("belfry.commit", "One write of the log, its sync included");
        queued = timer("belfry.commit.queued", "How long the oldest publication of a write waited in the queue");
        trimmed = counter("belfry.log.trimmed", "Events that retention has removed");
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    private Timer timer(String name, String description) {
        return Timer.builder(name).description(description).register(registry);
    }

    /** Adds what is read from the log when somebody asks. */
    void follow(EventLog log) {
        gauge(
                "belfry.log.head",
                "Offset of the newest event",
                log,
                status -> status.head().offset());
        gauge("belfry.log.bytes", "Bytes that the kept events take", log, LogStatus::keptBytes);
        gauge("belfry.log.events", "Events that are kept", log, LogStatus::keptEvents);
        gauge(
                "belfry.log.writable",
                "1 while the log can be written, else 0",
                log,
                status -> status.writable() ? 1 : 0);
        gauge("belfry.log.damaged", "Kept events that are known to be unreadable", log, LogStatus::damagedEvents);
        gauge("belfry.queue.events", "Notifications that wait for the log", log, LogStatus::queuedEvents);
        gauge("belfry.queue.bytes", "Bytes of the notifications that wait for the log", log, LogStatus::queuedBytes);
    }

    private void gauge(String name, String description, EventLog log, ToDoubleFunction<LogStatus> value) {
        Gauge.builder(name, log, l -> value.applyAsDouble(l.status()))
                .description(description)
                .register(registry);
    }

    @Override
    public void committed(Commit commit) {
        publications.increment(commit.publications());
        events.increment(commit.events());
        commits.record(commit.write());
        queued.record(commit.queued());
    }

    @Override
    public void writeFailed(String code) {
        Counter.builder("belfry.log.failures")
                .description("Writes of the log that failed")
                .tag("code", code)
                .register(registry)
                .increment();
    }

    @Override
    public void trimmed(long count, long bytes) {
        trimmed.increment((double) count);
    }
}
