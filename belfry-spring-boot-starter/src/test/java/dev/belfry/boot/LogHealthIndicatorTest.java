package dev.belfry.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.Hub;
import dev.belfry.InMemoryEventLog;
import dev.belfry.LogStatus;
import dev.belfry.testkit.ForwardingEventLog;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;

class LogHealthIndicatorTest {
    private static final class FullLog extends ForwardingEventLog {
        private boolean full;
        private boolean failed;

        FullLog() {
            super(new InMemoryEventLog());
        }

        @Override
        public LogStatus status() {
            LogStatus real = super.status();
            return new LogStatus(
                    !full, full, real.closed(), failed, real.keptBytes(), real.keptEvents(), 0, 0, real.head());
        }
    }

    @Test
    void followsTheLogAndTheHub() {
        FullLog log = new FullLog();
        try (Hub hub = new Hub(log)) {
            LogHealthIndicator health = new LogHealthIndicator(log, hub);
            assertThat(health.health().getStatus()).isEqualTo(Status.UP);
            log.full = true;
            assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
            assertThat(health.health().getDetails()).containsEntry("outOfSpace", true);
            log.full = false;
            assertThat(health.health().getStatus()).isEqualTo(Status.UP);
            hub.drain();
            assertThat(health.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
            log.close();
            assertThat(health.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        }
    }

    @Test
    void isDownWhenTheLogCannotGoOnThoughItIsClosedThen() {
        FullLog log = new FullLog();
        try (Hub hub = new Hub(log)) {
            LogHealthIndicator health = new LogHealthIndicator(log, hub);
            log.failed = true;
            log.close();
            assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
            assertThat(health.health().getDetails()).containsEntry("failed", true);
        }
    }

    @Test
    void isDownWhenTheHubCannotGoOn() {
        FullLog log = new FullLog();
        try (Hub hub = new Hub(log)) {
            LogHealthIndicator health = new LogHealthIndicator(log, hub);
            hub.fail("event loop", new OutOfMemoryError("thrown on purpose"));
            assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
        } finally {
            log.close();
        }
    }
}
