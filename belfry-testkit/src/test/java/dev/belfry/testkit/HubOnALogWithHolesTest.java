package dev.belfry.testkit;

import dev.belfry.EventLog;
import dev.belfry.InMemoryEventLog;
import dev.belfry.LogSettings;

class HubOnALogWithHolesTest extends HubTest {
    @Override
    EventLog open(LogSettings settings) {
        return InMemoryEventLog.withHoles(settings, 8);
    }
}
