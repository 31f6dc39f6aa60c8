package dev.belfry.testkit;

import static dev.belfry.testkit.LogProbe.AMPLE;
import static dev.belfry.testkit.LogProbe.append;
import static dev.belfry.testkit.LogProbe.failure;
import static dev.belfry.testkit.LogProbe.follow;
import static dev.belfry.testkit.LogProbe.get;
import static dev.belfry.testkit.LogProbe.readAll;
import static dev.belfry.testkit.NumberedEvents.assertConsecutive;
import static dev.belfry.testkit.NumberedEvents.assertEachOnceInOrder;
import static dev.belfry.testkit.NumberedEvents.notification;
import static dev.belfry.testkit.NumberedEvents.notifications;
import static dev.belfry.testkit.NumberedEvents.positions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.BelfryException.IdempotencyConflict;
import dev.belfry.Chunk;
import dev.belfry.Data;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.Gap;
import dev.belfry.LogSettings;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.Receipt;
import dev.belfry.Topic;
import dev.belfry.testkit.LogProbe.Recorder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The rules of an {@link EventLog} that outlives its process: what a clean close leaves behind is there again. */
public abstract class DurableEventLogContract extends EventLogContract {
    /** Opens again, after it was closed, the storage of the log that {@link #open} opened in this test. */
    protected abstract EventLog reopen(LogSettings settings);

    private EventLog again(EventLog log) {
        return again(log, settings());
    }

    private EventLog again(EventLog log, LogSettings settings) {
        log.close();
        return closedAfterwards(reopen(settings));
    }

    @Test
    void anEmptyLogIsTheSameEmptyLogWhenReopened() {
        EventLog log = openLog();
        Position head = log.head();

        EventLog reopened = again(log);

        assertThat(reopened.epoch()).isEqualTo(head.epoch());
        assertThat(reopened.head()).isEqualTo(head);
        assertThat(reopened.oldest()).isEqualTo(head.plus(1));
        assertThat(readAll(reopened)).isEmpty();
        assertThat(append(reopened, notification("a", "p", 0)).first()).isEqualTo(head.plus(1));
    }

    @Test
    void headOldestAndEpochAreRightBeforeAnyAppend() {
        EventLog log = openLog(keeping(10));
        append(log, notifications("a", "p", 0, 15));
        awaitOldest(log, 6);
        Position head = log.head();
        Position oldest = log.oldest();
        long epoch = log.epoch();

        EventLog reopened = again(log, keeping(10));

        assertThat(reopened.head()).isEqualTo(head);
        assertThat(reopened.oldest()).isEqualTo(oldest);
        assertThat(reopened.epoch()).isEqualTo(epoch);
        assertThat(positions(readAll(reopened))).hasSize(10).startsWith(oldest).endsWith(head);
    }

    @Test
    void theHeadIsRightBeforeAnyAppendThoughAllWasTrimmed() {
        EventLog log = openLog(keeping(Duration.ofHours(1)));
        append(log, notifications("a", "p", 0, 15));
        Position head = log.head();
        clock.advance(Duration.ofHours(1));
        awaitOldest(log, 16);

        EventLog reopened = again(log, keeping(Duration.ofHours(1)));

        assertThat(reopened.head()).isEqualTo(head);
        assertThat(reopened.oldest()).isEqualTo(head.plus(1));
        assertThat(reopened.read(EventFilter.ALL, head, AMPLE)).isEqualTo(new Chunk(List.of(), head, true, null));
        Position trimmed = new Position(head.epoch(), 3);
        assertThat(reopened.read(EventFilter.ALL, trimmed, AMPLE).gap())
                .isEqualTo(new Gap(trimmed, head.plus(1), head, Gap.Reason.TRIMMED));
        assertThat(append(reopened, notification("a", "p", 15)).first()).isEqualTo(head.plus(1));
    }

    @Test
    void everyEventIsThereAsItWas() {
        EventLog log = openLog();
        Recorder recorder = new Recorder();
        log.onCommit(recorder);
        for (AwkwardPayloads.Payload payload : AwkwardPayloads.ALL) {
            append(log, new Notification(List.of(new Topic("a")), "e", payload.data(), false, null));
            clock.advance(Duration.ofNanos(1_234_567));
        }
        append(log, everyKindOfNotification());

        assertThat(readAll(again(log))).isEqualTo(recorder.events()).isNotEmpty();
    }

    @Test
    void positionsOfEarlierRunsStayValid() {
        EventLog log = openLog();
        Position start = log.head();
        Position middle =
                append(log, notifications("a", "p", 0, 10)).positions().get(4);
        for (int run = 1; run < 5; run++) {
            log = again(log);
            append(log, notifications("a", "p", 10 * run, 10 * run + 10));
        }

        assertThat(follow(log, EventFilter.ALL, middle, AMPLE)).hasSize(45);
        List<Event> all = follow(log, EventFilter.ALL, start, AMPLE);
        assertConsecutive(all);
        assertEachOnceInOrder(all, 1, 50);
    }

    @Test
    void whatWasAppendedBeforeTheCloseIsThere() {
        EventLog log = openLog();
        List<CompletableFuture<Receipt>> receipts = IntStream.range(0, 200)
                .mapToObj(i -> log.append(Publication.of(notification("a", "p", i))))
                .toList();

        EventLog reopened = again(log);

        assertThat(receipts).allSatisfy(receipt -> assertThat(receipt).isCompleted());
        assertEachOnceInOrder(readAll(reopened), 1, 200);
    }

    @Test
    void listenersAreToldOfNewCommitsOnly() {
        EventLog log = openLog();
        append(log, notifications("a", "p", 0, 3));
        EventLog reopened = again(log);
        Recorder recorder = new Recorder();
        reopened.onCommit(recorder);

        append(reopened, notification("a", "p", 3));

        assertThat(recorder.events()).hasSize(1);
    }

    @Test
    void idempotencyKeysAreKnown() {
        EventLog log = openLog();
        Receipt receipt = get(log.append(keyed("key", "body", 3)));

        EventLog reopened = again(log);

        assertThat(get(reopened.append(keyed("key", "body", 3)))).isEqualTo(new Receipt(receipt.first(), 3, true));
        assertThat(failure(reopened.append(keyed("key", "another", 3)))).isInstanceOf(IdempotencyConflict.class);
        assertThat(readAll(reopened)).hasSize(3);
    }

    @Test
    void idempotencyKeysAreForgottenWhenTheirWindowIsOver() {
        EventLog log = openLog();
        get(log.append(keyed("key", "body", 1)));
        clock.advance(WINDOW.minusMillis(1));
        EventLog reopened = again(log);
        assertThat(get(reopened.append(keyed("key", "body", 1))).repeated()).isTrue();
        clock.advance(Duration.ofMillis(1));

        assertThat(get(reopened.append(keyed("key", "another", 1))).repeated()).isFalse();
    }

    @Test
    void timesDoNotFallFromOneRunToTheNext() {
        EventLog log = openLog();
        Instant start = clock.instant();
        append(log, notification("a", "p", 0));
        clock.advance(Duration.ofDays(-1));
        EventLog reopened = again(log);

        append(reopened, notification("a", "p", 1));

        assertThat(readAll(reopened)).extracting(Event::time).containsExactly(start, start);
    }

    @Test
    void timesDoNotFallFromOneRunToTheNextThoughAllWasTrimmed() {
        EventLog log = openLog(keeping(Duration.ofHours(1)));
        append(log, notification("a", "p", 0));
        Instant last = clock.instant();
        clock.advance(Duration.ofHours(1));
        awaitOldest(log, 2);
        EventLog reopened = again(log);
        clock.set(last.minusSeconds(60));

        append(reopened, notification("a", "p", 1));

        assertThat(readAll(reopened)).extracting(Event::time).containsExactly(last);
    }

    @Test
    void timesAreFoundInWhatEarlierRunsWrote() {
        EventLog log = openLog();
        Instant start = clock.instant();
        append(log, notifications("a", "p", 0, 2));
        clock.advance(Duration.ofSeconds(10));
        EventLog reopened = again(log);
        append(reopened, notification("a", "p", 2));

        assertThat(reopened.positionAt(start.plusSeconds(5))).isEqualTo(new Position(reopened.epoch(), 2));
        assertThat(reopened.positionAt(start.plusSeconds(10))).isEqualTo(reopened.head());
    }

    @Test
    void anEventStillIsNotDeliveredWhenItsOwnTimeIsOver() {
        EventLog log = openLog();
        append(log, new Notification(List.of(new Topic("a")), "e", Data.text("x"), false, Duration.ofSeconds(10)));
        EventLog reopened = again(log);

        assertThat(readAll(reopened)).hasSize(1);
        clock.advance(Duration.ofSeconds(10));
        assertThat(readAll(reopened)).isEmpty();
    }

    @Test
    void smallerLimitsHoldForWhatEarlierRunsWrote() {
        EventLog log = openLog();
        append(log, notifications("a", "p", 0, 15));

        EventLog reopened = again(log, keeping(4));

        awaitOldest(reopened, 12);
        assertThat(readAll(reopened)).hasSize(4);
    }

    @Test
    void theLimitOfBytesCountsWhatEarlierRunsWrote() {
        EventLog log = openLog();
        for (int i = 0; i < 100; i++) {
            append(log, Notification.of("a", "x".repeat(1 << 10)));
        }

        EventLog reopened = again(log, settings(Duration.ofDays(1), 40 << 10, Long.MAX_VALUE));

        await().untilAsserted(() -> assertThat(readAll(reopened)).hasSizeBetween(5, 40));
    }
}
