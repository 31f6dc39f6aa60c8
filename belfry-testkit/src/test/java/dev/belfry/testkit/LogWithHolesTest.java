package dev.belfry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.EventLog;
import dev.belfry.InMemoryEventLog;
import dev.belfry.LogSettings;
import dev.belfry.Position;
import dev.belfry.Receipt;
import org.junit.jupiter.api.Test;

class LogWithHolesTest extends EventLogContract {
    @Override
    protected EventLog open(LogSettings settings) {
        return InMemoryEventLog.withHoles(settings, 17);
    }

    @Test
    void itHasHolesBetweenEventsAndInsideBatches() {
        EventLog log = openLog();

        Receipt batch = LogProbe.append(log, NumberedEvents.notifications("a", "p", 0, 100));
        for (int i = 0; i < 100; i++) {
            LogProbe.append(log, NumberedEvents.notification("a", "q", i));
        }

        assertThat(batch.last().offset() - batch.first().offset()).isGreaterThan(150);
        assertThat(log.head().offset() - batch.last().offset()).isGreaterThan(150);
        assertThat(NumberedEvents.positions(LogProbe.readAll(log)).stream().map(Position::offset))
                .doesNotHaveDuplicates()
                .hasSize(200);
    }
}
