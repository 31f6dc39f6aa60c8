package dev.belfry.testkit;

import static dev.belfry.testkit.LogProbe.AMPLE;
import static dev.belfry.testkit.LogProbe.append;
import static dev.belfry.testkit.LogProbe.failure;
import static dev.belfry.testkit.LogProbe.filter;
import static dev.belfry.testkit.LogProbe.follow;
import static dev.belfry.testkit.LogProbe.get;
import static dev.belfry.testkit.LogProbe.readAll;
import static dev.belfry.testkit.NumberedEvents.assertEachOnceInOrder;
import static dev.belfry.testkit.NumberedEvents.notification;
import static dev.belfry.testkit.NumberedEvents.notifications;
import static dev.belfry.testkit.NumberedEvents.positions;
import static java.util.Comparator.comparingLong;
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
    void anEmptyLogIsStillEmptyWhenReopened() {
        EventLog log = openLog();
        Position head = log.head();

        EventLog reopened = again(log);

        assertThat(reopened.head().offset()).isZero();
        assertThat(reopened.oldest().offset()).isEqualTo(1);
        assertThat(readAll(reopened)).isEmpty();
        assertThat(reopened.read(EventFilter.ALL, head, AMPLE).gap()).isNull();
        Position first = append(reopened, notification("a", "p", 0)).first();
        assertThat(positions(follow(reopened, EventFilter.ALL, head, AMPLE))).containsExactly(first);
    }

    @Test
    void whatWasDeletedStaysDeletedAndItsReadersAreTold() {
        EventLog log = openLog();
        Position start = log.head();
        append(log, notifications("a", "p", 0, 3));
        Position b = append(log, notification("b", "p", 0)).first();
        Position newest = append(log, notification("a", "p", 3)).first();
        LogProbe.get(log.delete(new Topic("a")));

        EventLog reopened = again(log);

        DeletionContract.Told told = DeletionContract.follow(reopened, EventFilter.ALL, start, AMPLE);
        assertThat(told.events()).containsExactly(b);
        // in front of the first event of this run, which has another epoch
        assertThat(told.gaps()).extracting(Position::offset).containsExactly(newest.offset());
        assertThat(DeletionContract.follow(
                                reopened, EventFilter.ALL, told.gaps().get(0), AMPLE)
                        .gaps())
                .isEmpty();
        assertThat(DeletionContract.follow(reopened, LogProbe.filter("b"), start, AMPLE)
                        .gaps())
                .isEmpty();
        assertThat(DeletionContract.follow(reopened, EventFilter.ALL, newest, AMPLE)
                        .gaps())
                .isEmpty();
        LogUnderTest.awaitKeptEvents(reopened, 1);
    }

    @Test
    void headAndOldestAreRightBeforeAnyAppend() {
        EventLog log = openLog(keeping(10));
        List<Position> all = append(log, notifications("a", "p", 0, 15)).positions();
        LogUnderTest.awaitFirstKept(log, all.get(5));
        Position head = log.head();
        Position oldest = log.oldest();

        EventLog reopened = again(log, keeping(10));

        assertThat(reopened.head()).isEqualTo(head);
        assertThat(reopened.oldest()).isEqualTo(oldest);
        assertThat(positions(readAll(reopened))).isEqualTo(all.subList(5, 15));
    }

    @Test
    void theHeadIsRightBeforeAnyAppendThoughAllWasTrimmed() {
        EventLog log = openLog(keeping(Duration.ofHours(1)));
        Position trimmed =
                append(log, notifications("a", "p", 0, 15)).positions().get(2);
        Position head = log.head();
        clock().advance(Duration.ofHours(1));
        LogUnderTest.awaitNoneKept(log);

        EventLog reopened = again(log, keeping(Duration.ofHours(1)));

        assertThat(reopened.head()).isEqualTo(head);
        assertThat(reopened.oldest().offset()).isEqualTo(head.offset() + 1);
        assertThat(reopened.read(EventFilter.ALL, head, AMPLE)).isEqualTo(new Chunk(List.of(), head, true, null));
        assertThat(reopened.read(EventFilter.ALL, trimmed, AMPLE).gap())
                .isEqualTo(new Gap(trimmed, reopened.oldest(), head, Gap.Reason.TRIMMED));
        assertThat(append(reopened, notification("a", "p", 15)).first().offset())
                .isGreaterThan(head.offset());
    }

    @Test
    void everyEventIsThereAsItWas() {
        EventLog log = openLog();
        Recorder recorder = new Recorder();
        log.onCommit(recorder);
        for (AwkwardPayloads.Payload payload : AwkwardPayloads.ALL) {
            append(log, new Notification(List.of(new Topic("a")), "e", payload.data(), false, null));
            clock().advance(Duration.ofNanos(1_234_567));
        }
        append(log, AppendContract.everyKindOfNotification());

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
        assertThat(positions(all)).isSortedAccordingTo(comparingLong(Position::offset));
        assertEachOnceInOrder(all, 1, 50);
    }

    @Test
    void eachRunBeginsAnEpochOfItsOwn() {
        EventLog log = openLog();
        Position last = append(log, notification("a", "p", 0)).first();

        EventLog reopened = again(log);

        assertThat(reopened.epoch()).isNotEqualTo(last.epoch());
        assertThat(reopened.head()).isEqualTo(last);
        assertThat(append(reopened, notification("a", "p", 1)).first().epoch()).isEqualTo(reopened.epoch());
    }

    @Test
    void aQuietTopicsCursorOfAnEarlierRunHasNoGap() {
        EventLog log = openLog(keeping(5));
        Position quiet = append(log, notification("quiet", "p", 0)).first();
        append(log, notifications("loud", "p", 0, 20));
        LogUnderTest.awaitKeptEvents(log, 5);
        for (int run = 1; run < 5; run++) {
            log = again(log, keeping(5));
            append(log, notifications("loud", "p", 0, 20));
            LogUnderTest.awaitKeptEvents(log, 5);
        }

        assertThat(log.read(filter("quiet"), quiet, AMPLE).gap()).isNull();
        assertThat(log.read(filter("*"), quiet, AMPLE).gap()).isNotNull();
        assertThat(log.read(filter("quiet"), quiet.before(), AMPLE).gap()).isNotNull();
    }

    @Test
    void publishersIdsAreFound() {
        EventLog log = openLog();
        Position named = append(log, notification("a", "p", 0).withAlias("x")).first();

        EventLog reopened = again(log);
        append(reopened, notification("a", "p", 1).withAlias("x"));

        assertThat(reopened.positionOf("x")).contains(named);
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
        Receipt receipt = get(log.append(LogProbe.keyed("key", "body", 3)));

        EventLog reopened = again(log);

        assertThat(get(reopened.append(LogProbe.keyed("key", "body", 3))))
                .isEqualTo(new Receipt(receipt.positions(), true));
        assertThat(failure(reopened.append(LogProbe.keyed("key", "another", 3))))
                .isInstanceOf(IdempotencyConflict.class);
        assertThat(readAll(reopened)).hasSize(3);
    }

    @Test
    void idempotencyKeysAreForgottenWhenTheirWindowIsOver() {
        EventLog log = openLog();
        get(log.append(LogProbe.keyed("key", "body", 1)));
        clock().advance(WINDOW.minusMillis(1));
        EventLog reopened = again(log);
        assertThat(get(reopened.append(LogProbe.keyed("key", "body", 1))).repeated())
                .isTrue();
        clock().advance(Duration.ofMillis(1));

        assertThat(get(reopened.append(LogProbe.keyed("key", "another", 1))).repeated())
                .isFalse();
    }

    @Test
    void timesDoNotFallFromOneRunToTheNext() {
        EventLog log = openLog();
        Instant start = clock().instant();
        append(log, notification("a", "p", 0));
        clock().advance(Duration.ofDays(-1));
        EventLog reopened = again(log);

        append(reopened, notification("a", "p", 1));

        assertThat(readAll(reopened)).extracting(Event::time).containsExactly(start, start);
    }

    @Test
    void timesDoNotFallFromOneRunToTheNextThoughAllWasTrimmed() {
        EventLog log = openLog(keeping(Duration.ofHours(1)));
        append(log, notification("a", "p", 0));
        Instant last = clock().instant();
        clock().advance(Duration.ofHours(1));
        LogUnderTest.awaitNoneKept(log);
        EventLog reopened = again(log);
        clock().set(last.minusSeconds(60));

        append(reopened, notification("a", "p", 1));

        assertThat(readAll(reopened)).extracting(Event::time).containsExactly(last);
    }

    @Test
    void timesAreFoundInWhatEarlierRunsWrote() {
        EventLog log = openLog();
        Instant start = clock().instant();
        Position second = append(log, notifications("a", "p", 0, 2)).last();
        clock().advance(Duration.ofSeconds(10));
        EventLog reopened = again(log);
        append(reopened, notification("a", "p", 2));

        assertThat(reopened.positionAt(start.plusSeconds(5))).isEqualTo(second);
        assertThat(reopened.positionAt(start.plusSeconds(10))).isEqualTo(reopened.head());
    }

    @Test
    void anEventStillIsNotDeliveredWhenItsOwnTimeIsOver() {
        EventLog log = openLog();
        append(log, new Notification(List.of(new Topic("a")), "e", Data.text("x"), false, Duration.ofSeconds(10)));
        EventLog reopened = again(log);

        assertThat(readAll(reopened)).hasSize(1);
        clock().advance(Duration.ofSeconds(10));
        assertThat(readAll(reopened)).isEmpty();
    }

    @Test
    void smallerLimitsHoldForWhatEarlierRunsWrote() {
        EventLog log = openLog();
        List<Position> all = append(log, notifications("a", "p", 0, 15)).positions();

        EventLog reopened = again(log, keeping(4));

        LogUnderTest.awaitFirstKept(reopened, all.get(11));
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
