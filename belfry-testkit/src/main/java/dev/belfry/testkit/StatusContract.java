package dev.belfry.testkit;

import static dev.belfry.testkit.LogProbe.append;
import static dev.belfry.testkit.LogProbe.failure;
import static dev.belfry.testkit.LogProbe.get;
import static dev.belfry.testkit.NumberedEvents.notification;
import static dev.belfry.testkit.NumberedEvents.notifications;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.EventLog;
import dev.belfry.LogListener;
import dev.belfry.LogStatus;
import dev.belfry.Publication;
import dev.belfry.testkit.LogProbe.Gate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a log reports of itself. */
interface StatusContract extends LogUnderTest {
    @Test
    default void theStatusSaysWhatIsKeptAndWhatWaits() {
        EventLog log = openLog();
        assertThat(log.status()).isEqualTo(new LogStatus(true, false, false, false, 0, 0, 0, 0, 0, log.head()));
        append(log, notifications("a", "p", 0, 10));
        await().untilAsserted(() -> {
            assertThat(log.status().keptEvents()).isEqualTo(10);
            assertThat(log.status().keptBytes()).isGreaterThan(200);
        });
        Gate gate = gate(log);
        log.append(Publication.of(notification("a", "held", 0)));
        gate.awaitReached();
        log.append(Publication.of(notifications("a", "waits", 0, 7)));

        assertThat(log.status().queuedEvents()).isEqualTo(7);
        assertThat(log.status().queuedBytes()).isGreaterThan(7 * 7);
        gate.open();
        log.close();
        assertThat(log.status().closed()).isTrue();
        assertThat(log.status().writable()).isFalse();
        assertThat(log.status().queuedEvents()).isZero();
        assertThat(log.status().head()).isEqualTo(log.head());
    }

    @Test
    default void itsClockIsTheOneItWasGiven() {
        assertThat(openLog().clock()).isSameAs(settings().clock());
    }

    /** Counts, and keeps the codes. */
    final class Counts implements LogListener {
        final List<Commit> commits = new CopyOnWriteArrayList<>();
        final List<String> refused = new CopyOnWriteArrayList<>();
        final AtomicInteger trimmed = new AtomicInteger();

        @Override
        public void committed(Commit commit) {
            commits.add(commit);
        }

        @Override
        public void refused(String code) {
            refused.add(code);
        }

        @Override
        public void trimmed(long events, long bytes) {
            assertThat(bytes).isPositive();
            trimmed.addAndGet((int) events);
        }
    }

    @Test
    default void theListenerCountsWhatIsCommittedRefusedAndTrimmed() {
        Counts counts = new Counts();
        EventLog log = openLog(keeping(5).withListener(counts).withQueue(100, 1 << 20));
        append(log, notifications("a", "p", 0, 3));
        get(log.append(LogProbe.keyed("key", "body", 7)));
        get(log.append(LogProbe.keyed("key", "body", 7)));
        failure(log.append(LogProbe.keyed("key", "another", 1)));
        LogUnderTest.awaitKeptEvents(log, 5);
        Gate gate = gate(log);
        log.append(Publication.of(notification("a", "held", 0)));
        gate.awaitReached();
        log.append(Publication.of(notifications("a", "fills", 0, 100)));
        failure(log.append(Publication.of(notification("a", "too much", 0))));
        gate.open();
        LogUnderTest.awaitKeptEvents(log, 5);
        log.close();
        failure(log.append(Publication.of(notification("a", "late", 0))));

        assertThat(counts.commits).extracting(LogListener.Commit::events).containsExactly(3, 7, 1, 100);
        assertThat(counts.commits).extracting(LogListener.Commit::publications).containsOnly(1);
        assertThat(counts.commits).allSatisfy(commit -> {
            assertThat(commit.write()).isPositive();
            assertThat(commit.queued().isNegative()).isFalse();
            assertThat(commit.bytes()).isPositive();
        });
        assertThat(counts.refused).containsExactly("idempotency-conflict", "log-full", "log-closed");
        assertThat(counts.trimmed).hasValue(106);
    }

    @Test
    default void aListenerThatThrowsHoldsUpNothing() {
        EventLog log = openLog(settings().withListener(new LogListener() {
            @Override
            public void committed(Commit commit) {
                throw new IllegalStateException("thrown on purpose");
            }
        }));

        append(log, notification("a", "p", 0));
        append(log, notification("a", "p", 1));

        assertThat(log.status().writable()).isTrue();
    }
}
