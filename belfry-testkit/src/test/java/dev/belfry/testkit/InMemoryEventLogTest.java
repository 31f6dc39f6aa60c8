package dev.belfry.testkit;

import dev.belfry.EventLog;
import dev.belfry.InMemoryEventLog;
import dev.belfry.LogSettings;

class InMemoryEventLogTest extends EventLogContract {
    @Override
    protected EventLog open(LogSettings settings) {
        return new InMemoryEventLog(settings);
    }
}
