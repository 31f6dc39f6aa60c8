package dev.belfry.testkit;

import static dev.belfry.testkit.LogProbe.AMPLE;
import static dev.belfry.testkit.LogProbe.append;
import static dev.belfry.testkit.LogProbe.failure;
import static dev.belfry.testkit.LogProbe.get;
import static dev.belfry.testkit.LogProbe.readAll;
import static dev.belfry.testkit.NumberedEvents.assertEachOnceInOrder;
import static dev.belfry.testkit.NumberedEvents.notification;
import static dev.belfry.testkit.NumberedEvents.notifications;
import static dev.belfry.testkit.NumberedEvents.positions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.belfry.BelfryException.LogClosed;
import dev.belfry.BelfryException.LogFull;
import dev.belfry.Data;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.Receipt;
import dev.belfry.testkit.LogProbe.Gate;
import dev.belfry.testkit.LogProbe.Recorder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A full queue, and the end. */
interface QueueContract extends LogUnderTest {
    @Test
    default void aFullQueueRefusesAtOnceAndNothingIsHalfDone() {
        EventLog log = openLog(settings().withQueue(10, 1 << 20));
        Gate gate = gate(log);
        CompletableFuture<Receipt> writing = log.append(Publication.of(notification("a", "writing", 0)));
        gate.awaitReached();
        CompletableFuture<Receipt> queued = log.append(Publication.of(notifications("a", "queued", 0, 8)));

        CompletableFuture<Receipt> tooMany = log.append(LogProbe.keyed("key", "body", 3));
        assertThat(tooMany).isCompletedExceptionally();
        assertThat(failure(tooMany)).isInstanceOf(LogFull.class);
        CompletableFuture<Receipt> fits = log.append(Publication.of(notifications("a", "fits", 0, 2)));
        assertThat(failure(log.append(Publication.of(notification("a", "p", 0)))))
                .isInstanceOf(LogFull.class);
        gate.open();

        get(fits);
        List<Position> expected = new ArrayList<>();
        for (CompletableFuture<Receipt> receipt :
                List.of(writing, queued, fits, log.append(LogProbe.keyed("key", "body", 3)))) {
            assertThat(get(receipt).repeated()).isFalse();
            expected.addAll(get(receipt).positions());
        }
        assertThat(positions(readAll(log))).hasSize(14).isEqualTo(expected);
    }

    @Test
    default void aQueueIsFullOfBytesToo() {
        EventLog log = openLog(settings().withQueue(1_000, 10_000));
        Gate gate = gate(log);
        Publication large = Publication.of(LogUnderTest.withData("a", Data.text("x".repeat(6_000))));
        log.append(Publication.of(notification("b", "writing", 0)));
        gate.awaitReached();

        CompletableFuture<Receipt> fits = log.append(large);
        assertThat(failure(log.append(large))).isInstanceOf(LogFull.class);
        gate.open();

        get(fits);
        get(log.append(large));
        assertThat(readAll(log)).hasSize(3);
    }

    @Test
    default void whatIsLargerThanTheQueueIsTakenWhenNothingWaits() {
        EventLog log = openLog(settings().withQueue(4, 100));

        Receipt receipt = append(log, notifications("a", "p", 0, 50));

        assertThat(receipt.count()).isEqualTo(50);
        assertEachOnceInOrder(readAll(log), 1, 50);
    }

    @Test
    default void closingCommitsWhatWasAppendedBefore() {
        EventLog log = openLog();
        Recorder recorder = new Recorder();
        log.onCommit(recorder);
        List<CompletableFuture<Receipt>> receipts = IntStream.range(0, 200)
                .mapToObj(i -> log.append(Publication.of(notification("a", "p", i))))
                .toList();

        log.close();

        assertThat(receipts).allSatisfy(receipt -> assertThat(receipt).isCompleted());
        assertEachOnceInOrder(recorder.events(), 1, 200);
    }

    @Test
    default void everyAppendIsAnsweredThoughTheLogIsClosedMeanwhile() {
        EventLog log = openLog();
        Recorder recorder = new Recorder();
        log.onCommit(recorder);
        List<CompletableFuture<Receipt>> receipts = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> publisher = CompletableFuture.runAsync(
                () -> {
                    do {
                        receipts.add(log.append(Publication.of(notification("a", "p", receipts.size()))));
                    } while (!receipts.get(receipts.size() - 1).isCompletedExceptionally());
                },
                task -> new Thread(task).start());
        await().until(() -> recorder.events().size() > 20);

        log.close();
        get(publisher);

        long committed =
                receipts.stream().filter(receipt -> isCommitted(receipt)).count();
        assertThat(recorder.events()).hasSize((int) committed);
        assertThat(failure(receipts.get(receipts.size() - 1))).isInstanceOf(LogClosed.class);
    }

    private static boolean isCommitted(CompletableFuture<Receipt> receipt) {
        try {
            get(receipt);
            return true;
        } catch (LogClosed e) {
            return false;
        }
    }

    @Test
    default void aClosedLogRefusesAppendsAndReads() {
        EventLog log = openLog();
        append(log, notification("a", "p", 0));
        Position before = log.beforeOldest();

        log.close();

        assertThat(failure(log.append(Publication.of(notification("a", "p", 1)))))
                .isInstanceOf(LogClosed.class);
        assertThatThrownBy(() -> log.read(EventFilter.ALL, before, AMPLE)).isInstanceOf(LogClosed.class);
        assertThatThrownBy(() -> log.positionAt(clock().instant())).isInstanceOf(LogClosed.class);
    }

    @Test
    default void closingAgainDoesNothing() {
        EventLog log = openLog();
        append(log, notification("a", "p", 0));

        log.close();
        log.close();

        assertThat(failure(log.append(Publication.of(notification("a", "p", 1)))))
                .isInstanceOf(LogClosed.class);
    }
}
