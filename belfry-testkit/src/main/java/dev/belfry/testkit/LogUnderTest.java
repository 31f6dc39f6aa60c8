package dev.belfry.testkit;

import static dev.belfry.testkit.LogProbe.readAll;
import static dev.belfry.testkit.NumberedEvents.positions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.Data;
import dev.belfry.EventLog;
import dev.belfry.LogSettings;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Retention;
import dev.belfry.Topic;
import dev.belfry.testkit.LogProbe.Gate;
import java.time.Duration;
import java.util.List;

/** A log that a contract is held against, and the settings that it is opened with. */
interface LogUnderTest {
    Duration WINDOW = Duration.ofHours(24);
    Retention EVERYTHING = new Retention(Duration.ofSeconds(Long.MAX_VALUE), Long.MAX_VALUE, Long.MAX_VALUE);

    /** The clock of {@link #settings()}. */
    ManualClock clock();

    /** Keeps everything for ever, keys for a day, and lets much queue. */
    LogSettings settings();

    /** Opens a log that is fresh and empty. Called once a test; the log is closed behind the test. */
    EventLog openLog(LogSettings settings);

    /** Holds up the log's writer thread with the next commit. */
    Gate gate(EventLog log);

    default EventLog openLog() {
        return openLog(settings());
    }

    default LogSettings settings(Duration age, long bytes, long events) {
        return settings().withRetention(new Retention(age, bytes, events));
    }

    default LogSettings keeping(long events) {
        return settings(EVERYTHING.age(), EVERYTHING.bytes(), events);
    }

    default LogSettings keeping(Duration age) {
        return settings(age, EVERYTHING.bytes(), EVERYTHING.events());
    }

    /** Waits until retention has removed what is in front of an event. */
    static void awaitFirstKept(EventLog log, Position first) {
        await().untilAsserted(() -> assertThat(positions(readAll(log))).startsWith(first));
        assertThat(log.oldest().offset()).isLessThanOrEqualTo(first.offset());
    }

    static void awaitNoneKept(EventLog log) {
        await().until(() -> log.oldest().offset() > log.head().offset());
        assertThat(readAll(log)).isEmpty();
    }

    /** Waits until retention, and the events' own times, have left so many. */
    static void awaitKeptEvents(EventLog log, long events) {
        await().untilAsserted(() -> assertThat(log.status().keptEvents()).isEqualTo(events));
    }

    static Notification withData(String topic, Data data) {
        return new Notification(List.of(new Topic(topic)), Notification.DEFAULT_EVENT, data, false, null);
    }
}
