package dev.belfry;

import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is its own; the rest is in the testkit's {@code EventLogContract}. */
class InMemoryEventLogTest {
    @Test
    void anEventThatHasGoneTakesNoMemoryThoughItsOwnTimeIsNotOver() {
        Retention one = new Retention(Duration.ofDays(1), Long.MAX_VALUE, 1);
        try (EventLog log = new InMemoryEventLog(LogSettings.DEFAULT.withRetention(one))) {
            WeakReference<byte[]> data = appendMortal(log);
            log.append(Publication.of(Notification.of("a", "next"))).join();

            await().until(() -> {
                System.gc();
                return data.refersTo(null);
            });
        }
    }

    private static WeakReference<byte[]> appendMortal(EventLog log) {
        byte[] bytes = new byte[1 << 10];
        Notification notification =
                new Notification(List.of(new Topic("a")), "e", Data.ofUtf8(bytes, false), false, Duration.ofHours(1));
        log.append(Publication.of(notification)).join();
        return new WeakReference<>(bytes);
    }
}
