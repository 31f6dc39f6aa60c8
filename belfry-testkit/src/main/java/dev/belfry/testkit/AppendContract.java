package dev.belfry.testkit;

import static dev.belfry.testkit.LogProbe.AMPLE;
import static dev.belfry.testkit.LogProbe.append;
import static dev.belfry.testkit.LogProbe.failure;
import static dev.belfry.testkit.LogProbe.get;
import static dev.belfry.testkit.LogProbe.readAll;
import static dev.belfry.testkit.NumberedEvents.assertEachOnceInOrder;
import static dev.belfry.testkit.NumberedEvents.assertInOrder;
import static dev.belfry.testkit.NumberedEvents.notification;
import static dev.belfry.testkit.NumberedEvents.notifications;
import static dev.belfry.testkit.NumberedEvents.number;
import static dev.belfry.testkit.NumberedEvents.positions;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.BelfryException.IdempotencyConflict;
import dev.belfry.Chunk;
import dev.belfry.Data;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.Receipt;
import dev.belfry.Topic;
import dev.belfry.testkit.LogProbe.Gate;
import dev.belfry.testkit.LogProbe.Recorder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Where publications go, and who is answered when. */
interface AppendContract extends LogUnderTest {
    @Test
    default void theHeadOfAnEmptyLogIsThePlaceBeforeTheFirstEvent() {
        EventLog log = openLog();

        assertThat(log.head()).isEqualTo(new Position(log.epoch(), 0));
        assertThat(log.oldest()).isEqualTo(new Position(log.epoch(), 1));
        assertThat(log.beforeOldest()).isEqualTo(log.head());
        assertThat(log.read(EventFilter.ALL, log.head(), AMPLE))
                .isEqualTo(new Chunk(List.of(), log.head(), true, null));
    }

    @Test
    default void positionsRiseFromEventToEvent() {
        EventLog log = openLog();

        Receipt first = append(log, notification("a", "p", 0));
        Receipt second = append(log, notification("b", "p", 1));

        assertThat(first.positions()).hasSize(1);
        assertThat(first.repeated()).isFalse();
        assertThat(second.first().offset()).isGreaterThan(first.first().offset());
        assertThat(second.first().epoch()).isEqualTo(first.first().epoch()).isEqualTo(log.epoch());
        assertThat(log.head()).isEqualTo(second.first());
        assertThat(log.oldest().offset()).isBetween(1L, first.first().offset());
        assertThat(positions(readAll(log))).containsExactly(first.first(), second.first());
    }

    @Test
    default void whatBecomesDurableTogetherIsAnsweredByOneTaskOfThePublishersExecutor() {
        EventLog log = openLog();
        Gate gate = gate(log);
        List<Runnable> tasks = new CopyOnWriteArrayList<>();
        Executor executor = tasks::add;
        CompletableFuture<Receipt> first = log.append(Publication.of(notification("a", "first", 0)));
        gate.awaitReached();
        List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            receipts.add(log.append(Publication.of(notification("a", "p", i)), executor));
        }
        receipts.add(log.append(LogProbe.keyed("key", "body", 1), executor));
        CompletableFuture<Receipt> conflict = log.append(LogProbe.keyed("key", "another", 1), executor);
        gate.open();

        get(first);
        await().untilAsserted(() -> assertThat(tasks).hasSize(1));
        assertThat(receipts).noneMatch(CompletableFuture::isDone);
        assertThat(conflict).isNotDone();
        tasks.get(0).run();
        assertThat(receipts).allMatch(CompletableFuture::isDone);
        assertThat(failure(conflict)).isInstanceOf(IdempotencyConflict.class);
        assertThat(tasks).hasSize(1);
    }

    @Test
    default void aPublisherWhoseExecutorTakesNoTasksIsAnsweredAllTheSame() {
        EventLog log = openLog();

        CompletableFuture<Receipt> ended = log.append(Publication.of(notification("a", "p", 0)), task -> {
            throw new RejectedExecutionException("ended on purpose");
        });
        CompletableFuture<Receipt> broken = log.append(Publication.of(notification("a", "q", 0)), task -> {
            throw new OutOfMemoryError("thrown on purpose");
        });

        assertThat(get(ended).count()).isEqualTo(1);
        assertThat(get(broken).count()).isEqualTo(1);
        append(log, notification("a", "p", 1));
    }

    @Test
    default void whatManyPublishersAppendAtOnceIsThereOnceAndInOneOrderForAll() {
        EventLog log = openLog();
        Recorder recorder = new Recorder();
        log.onCommit(recorder);
        int publishers = 8;
        int each = 300;
        List<CompletableFuture<List<Receipt>>> running = IntStream.range(0, publishers)
                .mapToObj(p -> CompletableFuture.supplyAsync(
                        () -> publish(log, "publisher" + p, each), task -> new Thread(task).start()))
                .toList();
        List<List<Receipt>> receipts = running.stream().map(LogProbe::get).toList();

        List<Event> events = readAll(log);

        assertThat(log.head()).isEqualTo(events.get(events.size() - 1).position());
        assertThat(events).hasSize(publishers * each);
        assertInOrder(events);
        assertEachOnceInOrder(events, publishers, each);
        assertThat(recorder.events()).isEqualTo(events);
        assertThat(recorder.threads()).hasSize(1);
        for (int p = 0; p < publishers; p++) {
            assertReceiptsLeadToTheData(receipts.get(p), "publisher" + p, events);
        }
    }

    /** Appends without waiting for the answers, one to four at a time. */
    private static List<Receipt> publish(EventLog log, String publisher, int each) {
        List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
        for (int from = 0, batch = 1; from < each; from += batch, batch = batch % 4 + 1) {
            receipts.add(log.append(Publication.of(notifications("a", publisher, from, Math.min(each, from + batch)))));
        }
        return receipts.stream().map(LogProbe::get).toList();
    }

    private static void assertReceiptsLeadToTheData(List<Receipt> receipts, String publisher, List<Event> events) {
        Map<Position, Event> byPosition = events.stream().collect(toMap(Event::position, event -> event));
        int number = 0;
        for (Receipt receipt : receipts) {
            assertThat(receipt.repeated()).isFalse();
            for (Position position : receipt.positions()) {
                Event event = Objects.requireNonNull(byPosition.get(position));
                assertThat(event.notification()).isEqualTo(notification("a", publisher, number++));
            }
        }
    }

    @Test
    default void timesNeverFallThoughTheClockIsSetBack() {
        EventLog log = openLog();
        Instant start = clock().instant();
        append(log, notification("a", "p", 0));
        clock().advance(Duration.ofDays(-1));
        append(log, notification("a", "p", 1));
        clock().set(start.plusMillis(1));
        append(log, notification("a", "p", 2));

        assertThat(readAll(log)).extracting(Event::time).containsExactly(start, start, start.plusMillis(1));
    }

    @Test
    default void timesAreWholeMilliseconds() {
        EventLog log = openLog();
        Instant start = clock().instant();
        clock().set(start.plusNanos(1_999_999));

        append(log, notification("a", "p", 0));

        assertThat(readAll(log)).extracting(Event::time).containsExactly(start.plusMillis(1));
    }

    @Test
    default void dataComesBackAsItWentIn() {
        EventLog log = openLog();
        for (AwkwardPayloads.Payload payload : AwkwardPayloads.ALL) {
            append(log, LogUnderTest.withData("a", payload.data()));
        }

        assertThat(readAll(log))
                .extracting(Event::data)
                .containsExactlyElementsOf(AwkwardPayloads.ALL.stream()
                        .map(AwkwardPayloads.Payload::data)
                        .toList());
    }

    @Test
    default void everyPartOfANotificationComesBackAsItWentIn() {
        EventLog log = openLog();
        Recorder recorder = new Recorder();
        log.onCommit(recorder);
        Notification[] notifications = everyKindOfNotification();

        append(log, notifications);

        assertThat(readAll(log)).extracting(Event::notification).containsExactly(notifications);
        assertThat(readAll(log)).isEqualTo(recorder.events());
    }

    static Notification[] everyKindOfNotification() {
        List<Topic> sixteen =
                IntStream.range(0, 16).mapToObj(i -> new Topic("topic/" + i)).toList();
        Topic deep = new Topic("a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p");
        Topic longest = new Topic("\u4E2D".repeat(256));
        String longestName = "\u00E9".repeat(128);
        return new Notification[] {
            notification("a", "plain", 0),
            new Notification(sixteen, "e", Data.EMPTY, true, null),
            new Notification(List.of(deep, longest), longestName, Data.text("x"), false, Duration.ofMillis(1)),
            new Notification(
                    List.of(new Topic("a"), new Topic("a")), "a b", Data.text("x"), true, Duration.ofDays(400)),
            new Notification(List.of(new Topic("\uD83D\uDD14 é/ ;,%&?#")), "\uD83D\uDD14", Data.text("x"), true, null),
            notification("a", "named", 0).withAlias("urn:uuid:5a1c \u4E2D"),
            notification("a", "named", 1).withAlias("\u4E2D".repeat(256)),
            notification("a", "described", 0).withAttributes(Data.ofUtf8("{\"id\":\"\u4E2D\"}".getBytes(UTF_8), true)),
            notification("a", "described", 1)
                    .withAlias("\u4E2D".repeat(256))
                    .withAttributes(Data.ofUtf8(("\"" + "x".repeat((16 << 10) - 2) + "\"").getBytes(UTF_8), true))
        };
    }
}
