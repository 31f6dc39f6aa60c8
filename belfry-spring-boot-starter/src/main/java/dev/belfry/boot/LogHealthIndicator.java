package dev.belfry.boot;

import dev.belfry.EventLog;
import dev.belfry.Hub;
import dev.belfry.LogStatus;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/** Whether something can be published: down while the log cannot be written or go on, out of service while the hub drains. */
final class LogHealthIndicator implements HealthIndicator {
    private final EventLog log;
    private final Hub hub;

    LogHealthIndicator(EventLog log, Hub hub) {
        this.log = log;
        this.hub = hub;
    }

    @Override
    public Health health() {
        LogStatus status = log.status();
        return Health.status(statusOf(status))
                .withDetail("writable", status.writable())
                .withDetail("outOfSpace", status.outOfSpace())
                .withDetail("closed", status.closed())
                .withDetail("failed", hasFailed(status))
                .withDetail("head", status.head().toString())
                .withDetail("bytes", status.keptBytes())
                .withDetail("damagedEvents", status.damagedEvents())
                .build();
    }

    private Status statusOf(LogStatus status) {
        if (hasFailed(status)) {
            return Status.DOWN;
        }
        if (status.closed() || hub.isDraining()) {
            return Status.OUT_OF_SERVICE;
        }
        return status.writable() ? Status.UP : Status.DOWN;
    }

    private boolean hasFailed(LogStatus status) {
        return status.failed() || hub.hasFailed();
    }
}
