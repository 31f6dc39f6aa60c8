package dev.belfry.testkit;

import static dev.belfry.testkit.LogProbe.append;
import static dev.belfry.testkit.LogProbe.failure;
import static dev.belfry.testkit.LogProbe.get;
import static dev.belfry.testkit.LogProbe.readAll;
import static dev.belfry.testkit.NumberedEvents.notification;
import static dev.belfry.testkit.NumberedEvents.positions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.BelfryException.IdempotencyConflict;
import dev.belfry.EventLog;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.Receipt;
import dev.belfry.testkit.LogProbe.Gate;
import dev.belfry.testkit.LogProbe.Recorder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The same publication again. */
interface IdempotencyContract extends LogUnderTest {
    @Test
    default void theSameKeyGetsTheSameAnswerAndAppendsNothing() {
        EventLog log = openLog();
        Recorder recorder = new Recorder();
        log.onCommit(recorder);
        Receipt first = get(log.append(LogProbe.keyed("key", "body", 300)));
        Position head = append(log, notification("a", "other", 0)).first();

        Receipt again = get(log.append(LogProbe.keyed("key", "body", 300)));

        assertThat(first.repeated()).isFalse();
        assertThat(again).isEqualTo(new Receipt(first.positions(), true));
        assertThat(log.head()).isEqualTo(head);
        assertThat(recorder.events()).hasSize(301).isEqualTo(readAll(log));
    }

    @Test
    default void theSameKeyWithAnotherBodyIsAConflict() {
        EventLog log = openLog();
        get(log.append(LogProbe.keyed("key", "body", 1)));

        assertThat(failure(log.append(LogProbe.keyed("key", "another", 1)))).isInstanceOf(IdempotencyConflict.class);
        assertThat(readAll(log)).hasSize(1);
        assertThat(get(log.append(LogProbe.keyed("key2", "another", 1))).repeated())
                .isFalse();
        assertThat(get(log.append(LogProbe.keyed("key", "body", 1))).repeated()).isTrue();
    }

    @Test
    default void theSameKeyIsKnownWithinOneGroup() {
        EventLog log = openLog();
        Gate gate = gate(log);
        log.append(Publication.of(notification("a", "first", 0)));
        gate.awaitReached();
        List<CompletableFuture<Receipt>> same = IntStream.range(0, 10)
                .mapToObj(i -> log.append(LogProbe.keyed("key", "body", 2)))
                .toList();
        CompletableFuture<Receipt> conflict = log.append(LogProbe.keyed("key", "another", 2));
        CompletableFuture<Receipt> behind = log.append(Publication.of(notification("a", "behind", 0)));
        gate.open();

        Receipt first = get(same.get(0));
        assertThat(first.repeated()).isFalse();
        assertThat(same.subList(1, 10))
                .allSatisfy(it -> assertThat(get(it)).isEqualTo(new Receipt(first.positions(), true)));
        assertThat(failure(conflict)).isInstanceOf(IdempotencyConflict.class);
        assertThat(positions(readAll(log)))
                .hasSize(4)
                .endsWith(first.first(), first.last(), get(behind).first());
    }

    @Test
    default void theSameKeyFromManyPublishersAtOnceAppendsOnce() {
        EventLog log = openLog();
        List<CompletableFuture<Receipt>> running = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> get(log.append(LogProbe.keyed("key", "body", 1))), task -> new Thread(task).start()))
                .toList();

        assertThat(running.stream().map(LogProbe::get).filter(receipt -> !receipt.repeated()))
                .hasSize(1);
        assertThat(readAll(log)).hasSize(1);
    }

    @Test
    default void aKeyIsForgottenWhenItsWindowIsOver() {
        EventLog log = openLog();
        Receipt first = get(log.append(LogProbe.keyed("key", "body", 1)));
        clock().advance(WINDOW.minusMillis(1));
        assertThat(get(log.append(LogProbe.keyed("key", "body", 1))).repeated()).isTrue();
        clock().advance(Duration.ofMillis(1));

        Receipt another = get(log.append(LogProbe.keyed("key", "another", 1)));
        assertThat(another.repeated()).isFalse();
        assertThat(positions(readAll(log))).containsExactly(first.first(), another.first());
        assertThat(failure(log.append(LogProbe.keyed("key", "body", 1)))).isInstanceOf(IdempotencyConflict.class);
    }

    @Test
    default void aKeyThatIsUsedAnewIsKeptForAWindowOfItsOwn() {
        EventLog log = openLog();
        IntStream.range(0, 50).forEach(i -> get(log.append(LogProbe.keyed("key" + i, "body", 1))));
        clock().advance(WINDOW);
        IntStream.range(0, 50).forEach(i -> {
            assertThat(get(log.append(LogProbe.keyed("key" + i, "body", 1))).repeated())
                    .isFalse();
            append(log, notification("a", "between", i));
            assertThat(get(log.append(LogProbe.keyed("key" + i, "body", 1))).repeated())
                    .isTrue();
        });
    }

    @Test
    default void aKeyIsKnownThoughItsEventsHaveGone() {
        EventLog log = openLog(keeping(1));
        Receipt first = get(log.append(LogProbe.keyed("key", "body", 1)));
        LogUnderTest.awaitFirstKept(log, append(log, notification("a", "p", 0)).first());

        assertThat(get(log.append(LogProbe.keyed("key", "body", 1)))).isEqualTo(new Receipt(first.positions(), true));
    }

    @Test
    default void theOldestKeysAreForgottenWhenThereAreTooMany() {
        EventLog log = openLog(settings().withIdempotencyKeys(10));
        for (int i = 0; i < 30; i++) {
            get(log.append(LogProbe.keyed("key" + i, "body", 1)));
            clock().advance(Duration.ofMillis(1));
        }

        // the last ones are known whatever was forgotten
        for (int i = 21; i < 30; i++) {
            assertThat(get(log.append(LogProbe.keyed("key" + i, "body", 1))).repeated())
                    .isTrue();
        }
        await().untilAsserted(() -> {
            append(log, notification("a", "so that the log forgets", 0));
            assertThat(failure(log.append(LogProbe.keyed("key29", "another", 1))))
                    .isInstanceOf(IdempotencyConflict.class);
            assertThat(get(log.append(LogProbe.keyed("key0", "body", 1))).repeated())
                    .isFalse();
        });
    }
}
