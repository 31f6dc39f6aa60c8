package dev.belfry.testkit;

import dev.belfry.EventLog;
import dev.belfry.LogSettings;
import dev.belfry.testkit.LogProbe.Gate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** The rules of {@link EventLog}, by subject. Every implementation has a test that extends this one. */
@Timeout(120)
public abstract class EventLogContract
        implements AppendContract,
                ListenerContract,
                ReadContract,
                CursorContract,
                RetentionContract,
                GapContract,
                AliasContract,
                TopicContract,
                DeletionContract,
                IdempotencyContract,
                QueueContract,
                StatusContract {
    private final ManualClock clock = new ManualClock();
    private final List<EventLog> logs = new ArrayList<>();
    private final List<Gate> gates = new ArrayList<>();

    /** Opens a log that is fresh and empty. Called once a test; the log is closed behind the test. */
    protected abstract EventLog open(LogSettings settings);

    @Override
    public ManualClock clock() {
        return clock;
    }

    @Override
    public LogSettings settings() {
        return LogSettings.DEFAULT
                .withRetention(EVERYTHING)
                .withIdempotencyWindow(WINDOW)
                .withClock(clock);
    }

    @Override
    public EventLog openLog(LogSettings settings) {
        return closedAfterwards(open(settings));
    }

    EventLog closedAfterwards(EventLog log) {
        logs.add(log);
        return log;
    }

    @Override
    public Gate gate(EventLog log) {
        Gate gate = new Gate();
        gates.add(gate);
        log.onCommit(gate);
        return gate;
    }

    @AfterEach
    void closeLogs() {
        gates.forEach(Gate::open);
        logs.forEach(EventLog::close);
    }
}
