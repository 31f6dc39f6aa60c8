package dev.belfry.testkit;

import static dev.belfry.testkit.LogProbe.AMPLE;
import static dev.belfry.testkit.LogProbe.append;
import static dev.belfry.testkit.LogProbe.failure;
import static dev.belfry.testkit.LogProbe.filter;
import static dev.belfry.testkit.LogProbe.follow;
import static dev.belfry.testkit.LogProbe.get;
import static dev.belfry.testkit.LogProbe.patterns;
import static dev.belfry.testkit.LogProbe.readAll;
import static dev.belfry.testkit.NumberedEvents.assertConsecutive;
import static dev.belfry.testkit.NumberedEvents.assertEachOnceInOrder;
import static dev.belfry.testkit.NumberedEvents.notification;
import static dev.belfry.testkit.NumberedEvents.notifications;
import static dev.belfry.testkit.NumberedEvents.positions;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.belfry.BelfryException.IdempotencyConflict;
import dev.belfry.BelfryException.LogClosed;
import dev.belfry.BelfryException.LogFull;
import dev.belfry.Chunk;
import dev.belfry.Data;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.Gap;
import dev.belfry.IdempotencyKey;
import dev.belfry.LogSettings;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.ReadLimits;
import dev.belfry.Receipt;
import dev.belfry.Retention;
import dev.belfry.Topic;
import dev.belfry.testkit.LogProbe.Gate;
import dev.belfry.testkit.LogProbe.Recorder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rules of {@link EventLog}. Every implementation has a test that extends this one. */
@Timeout(120)
public abstract class EventLogContract {
    static final Duration WINDOW = Duration.ofHours(24);
    private static final Retention EVERYTHING =
            new Retention(Duration.ofSeconds(Long.MAX_VALUE), Long.MAX_VALUE, Long.MAX_VALUE);

    /** The clock of {@link #settings()}. */
    protected final ManualClock clock = new ManualClock();

    private final List<EventLog> logs = new ArrayList<>();
    private final List<Gate> gates = new ArrayList<>();

    /** Opens a log that is fresh and empty. Called once a test; the log is closed behind the test. */
    protected abstract EventLog open(LogSettings settings);

    /** Keeps everything for ever, keys for a day, and lets much queue. */
    protected LogSettings settings() {
        return LogSettings.DEFAULT
                .withRetention(EVERYTHING)
                .withIdempotencyWindow(WINDOW)
                .withClock(clock);
    }

    LogSettings settings(Duration age, long bytes, long events) {
        return settings().withRetention(new Retention(age, bytes, events));
    }

    LogSettings keeping(long events) {
        return settings(EVERYTHING.age(), EVERYTHING.bytes(), events);
    }

    LogSettings keeping(Duration age) {
        return settings(age, EVERYTHING.bytes(), EVERYTHING.events());
    }

    EventLog openLog() {
        return openLog(settings());
    }

    EventLog openLog(LogSettings settings) {
        return closedAfterwards(open(settings));
    }

    EventLog closedAfterwards(EventLog log) {
        logs.add(log);
        return log;
    }

    /** Holds up the log's writer thread with the first commit. */
    private Gate gate(EventLog log) {
        Gate gate = new Gate();
        gates.add(gate);
        log.onCommit(gate);
        return gate;
    }

    @AfterEach
    void closeLogs() {
        gates.forEach(Gate::open);
        logs.forEach(EventLog::close);
    }

    // ---- appending, and listening

    @Test
    void theHeadOfAnEmptyLogIsThePlaceBeforeTheFirstEvent() {
        EventLog log = openLog();

        assertThat(log.head()).isEqualTo(new Position(log.epoch(), 0));
        assertThat(log.oldest()).isEqualTo(new Position(log.epoch(), 1));
        assertThat(log.beforeOldest()).isEqualTo(log.head());
        assertThat(log.read(EventFilter.ALL, log.head(), AMPLE))
                .isEqualTo(new Chunk(List.of(), log.head(), true, null));
    }

    @Test
    void appendingGivesConsecutivePositions() {
        EventLog log = openLog();
        Position first = log.head().plus(1);

        assertThat(append(log, notification("a", "p", 0))).isEqualTo(new Receipt(first, 1, false));
        assertThat(append(log, notification("b", "p", 1))).isEqualTo(new Receipt(first.plus(1), 1, false));

        assertThat(log.head()).isEqualTo(first.plus(1));
        assertThat(log.oldest()).isEqualTo(first);
        assertThat(positions(readAll(log))).containsExactly(first, first.plus(1));
    }

    @Test
    void aBatchIsConsecutiveAndTheListenerSeesItWhole() {
        EventLog log = openLog();
        Recorder recorder = new Recorder();
        log.onCommit(recorder);
        append(log, notification("a", "other", 0));

        Receipt receipt = append(log, notifications("a", "p", 0, 500));

        assertThat(receipt).isEqualTo(new Receipt(log.beforeOldest().plus(2), 500, false));
        assertThat(receipt.positions()).isEqualTo(positions(readAll(log)).subList(1, 501));
        assertThat(recorder.commits()).hasSize(2);
        assertThat(positions(recorder.commits().get(1))).isEqualTo(receipt.positions());
    }

    @Test
    void aBatchThatWaitsWithOthersIsSeenWholeAllTheSame() {
        EventLog log = openLog();
        Recorder recorder = new Recorder();
        log.onCommit(recorder);
        Gate gate = gate(log);
        List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
        receipts.add(log.append(Publication.of(notification("a", "first", 0))));
        gate.awaitReached();
        for (int i = 0; i < 20; i++) {
            receipts.add(log.append(Publication.of(notifications("a", "p" + i, 0, 700))));
        }
        gate.open();

        for (CompletableFuture<Receipt> receipt : receipts) {
            List<Position> batch = get(receipt).positions();
            assertThat(recorder.commits())
                    .filteredOn(commit -> positions(commit).containsAll(batch))
                    .hasSize(1);
        }
    }

    @Test
    void anEventThatAListenerHasSeenCanBeRead() {
        EventLog log = openLog();
        List<List<Event>> seen = new CopyOnWriteArrayList<>();
        List<List<Event>> read = new CopyOnWriteArrayList<>();
        log.onCommit(events -> {
            seen.add(events);
            Position before = new Position(log.epoch(), events.get(0).position().offset() - 1);
            read.add(log.read(EventFilter.ALL, before, AMPLE).events());
        });

        for (int i = 0; i < 20; i++) {
            append(log, notifications("a", "p" + i, 0, 1 + i % 3));
        }

        assertThat(seen).hasSize(20);
        assertThat(read).isEqualTo(seen);
    }

    @Test
    void anEventThatWasAnsweredHasBeenShownToTheListeners() {
        EventLog log = openLog();
        Recorder recorder = new Recorder();
        log.onCommit(recorder);

        for (int i = 0; i < 100; i++) {
            Receipt receipt = append(log, notification("a", "p", i));
            assertThat(positions(recorder.events())).contains(receipt.first()).hasSize(i + 1);
        }
    }

    @Test
    void whatBecomesDurableTogetherIsAnsweredByOneTaskOfThePublishersExecutor() {
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
        receipts.add(log.append(keyed("key", "body", 1), executor));
        CompletableFuture<Receipt> conflict = log.append(keyed("key", "another", 1), executor);
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
    void whoseExecutorTakesNoTasksIsAnsweredAllTheSame() {
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
    void aListenerIsToldFromTheNextCommitOn() {
        EventLog log = openLog();
        append(log, notification("a", "before", 0));
        Recorder recorder = new Recorder();
        log.onCommit(recorder);

        Receipt receipt = append(log, notification("a", "after", 0));

        assertThat(positions(recorder.events())).containsExactly(receipt.first());
    }

    @Test
    void aListenerThatThrowsHoldsUpNeitherTheLogNorTheOthers() {
        EventLog log = openLog();
        log.onCommit(events -> {
            throw new IllegalStateException("thrown on purpose");
        });
        log.onCommit(events -> {
            throw new OutOfMemoryError("thrown on purpose, as Netty does without direct memory");
        });
        Recorder recorder = new Recorder();
        log.onCommit(recorder);

        append(log, notification("a", "p", 0));
        append(log, notification("a", "p", 1));

        assertThat(recorder.events()).hasSize(2).isEqualTo(readAll(log));
    }

    @Test
    void whatManyPublishersAppendAtOnceIsThereOnceAndInOneOrderForAll() {
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

        assertThat(log.head()).isEqualTo(new Position(log.epoch(), (long) publishers * each));
        assertThat(events).hasSize(publishers * each);
        assertConsecutive(events);
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
        int number = 0;
        for (Receipt receipt : receipts) {
            assertThat(receipt.repeated()).isFalse();
            for (Position position : receipt.positions()) {
                Event event = events.get((int) position.offset() - 1);
                assertThat(event.position()).isEqualTo(position);
                assertThat(event.notification()).isEqualTo(notification("a", publisher, number++));
            }
        }
    }

    @Test
    void timesNeverFallThoughTheClockIsSetBack() {
        EventLog log = openLog();
        Instant start = clock.instant();
        append(log, notification("a", "p", 0));
        clock.advance(Duration.ofDays(-1));
        append(log, notification("a", "p", 1));
        clock.set(start.plusMillis(1));
        append(log, notification("a", "p", 2));

        assertThat(readAll(log)).extracting(Event::time).containsExactly(start, start, start.plusMillis(1));
    }

    @Test
    void timesAreWholeMilliseconds() {
        EventLog log = openLog();
        Instant start = clock.instant();
        clock.set(start.plusNanos(1_999_999));

        append(log, notification("a", "p", 0));

        assertThat(readAll(log)).extracting(Event::time).containsExactly(start.plusMillis(1));
    }

    @Test
    void dataComesBackAsItWentIn() {
        EventLog log = openLog();
        for (AwkwardPayloads.Payload payload : AwkwardPayloads.ALL) {
            append(log, data("a", payload.data()));
        }

        assertThat(readAll(log))
                .extracting(Event::data)
                .containsExactlyElementsOf(AwkwardPayloads.ALL.stream()
                        .map(AwkwardPayloads.Payload::data)
                        .toList());
    }

    @Test
    void everyPartOfANotificationComesBackAsItWentIn() {
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
            new Notification(List.of(new Topic("\uD83D\uDD14 é/ ;,%&?#")), "\uD83D\uDD14", Data.text("x"), true, null)
        };
    }

    private static Notification data(String topic, Data data) {
        return new Notification(List.of(new Topic(topic)), Notification.DEFAULT_EVENT, data, false, null);
    }

    // ---- reading

    @Test
    void aReadEndsWithTheEventThatReachesTheLimitOfEvents() {
        EventLog log = openLog();
        Receipt receipt = append(log, notifications("a", "p", 0, 7));

        Chunk first = log.read(EventFilter.ALL, log.beforeOldest(), new ReadLimits(3, Integer.MAX_VALUE));
        Chunk second = log.read(EventFilter.ALL, first.next(), new ReadLimits(4, Integer.MAX_VALUE));

        assertThat(positions(first.events())).isEqualTo(receipt.positions().subList(0, 3));
        assertThat(first.next()).isEqualTo(receipt.positions().get(2));
        assertThat(first.headReached()).isFalse();
        assertThat(positions(second.events())).isEqualTo(receipt.positions().subList(3, 7));
        assertThat(second.next()).isEqualTo(log.head());
        assertThat(second.headReached()).isTrue();
    }

    @Test
    void aReadEndsWithTheEventThatReachesTheLimitOfBytes() {
        EventLog log = openLog();
        for (int i = 0; i < 10; i++) {
            append(log, data("a", Data.text("\u00E9".repeat(50))));
        }

        assertThat(eventsRead(log, 200)).isEqualTo(2);
        assertThat(eventsRead(log, 201)).isEqualTo(3);
        assertThat(eventsRead(log, 299)).isEqualTo(3);
        assertThat(eventsRead(log, 1_000)).isEqualTo(10);
    }

    private static int eventsRead(EventLog log, int maxBytes) {
        return log.read(EventFilter.ALL, log.beforeOldest(), new ReadLimits(1_000, maxBytes))
                .events()
                .size();
    }

    @Test
    void theFirstEventIsReturnedWhateverItsSize() {
        EventLog log = openLog();
        Receipt big = append(log, data("a", Data.text("x".repeat(1 << 20))));
        append(log, notification("a", "p", 0));

        Chunk chunk = log.read(EventFilter.ALL, log.beforeOldest(), new ReadLimits(10, 1));

        assertThat(positions(chunk.events())).containsExactly(big.first());
        assertThat(chunk.next()).isEqualTo(big.first());
        assertThat(chunk.headReached()).isFalse();
    }

    @Test
    void readingFromTheHeadGivesNothingAndSaysSo() {
        EventLog log = openLog();
        append(log, notifications("a", "p", 0, 3));

        assertThat(log.read(EventFilter.ALL, log.head(), AMPLE))
                .isEqualTo(new Chunk(List.of(), log.head(), true, null));
    }

    @Test
    void aReadOfNothingThatIsWantedStillGetsOn() {
        EventLog log = openLog();
        append(log, notifications("other", "p", 0, 5));

        assertThat(log.read(filter("wanted"), log.beforeOldest(), new ReadLimits(1, 1)))
                .isEqualTo(new Chunk(List.of(), log.head(), true, null));
    }

    @Test
    void oneWantedEventIsFoundBehindManyOthers() {
        EventLog log = openLog();
        for (int i = 0; i < 25; i++) {
            append(log, notifications("other", "p" + i, 0, 1_000));
        }
        Receipt receipt = append(log, notification("wanted", "p", 0));

        assertThat(positions(follow(log, filter("wanted"), log.beforeOldest(), new ReadLimits(1, 1))))
                .containsExactly(receipt.first());
    }

    @Test
    void topicsAreFilteredByNameAndByPattern() {
        EventLog log = openLog();
        for (String topic : List.of("a", "a/b", "a/b/c", "b", "ab", "a/c")) {
            append(log, Notification.of(topic, topic));
        }

        assertThat(topicsRead(log, "a")).containsExactly("a");
        assertThat(topicsRead(log, "a/*")).containsExactly("a/b", "a/c");
        assertThat(topicsRead(log, "a/**")).containsExactly("a", "a/b", "a/b/c", "a/c");
        assertThat(topicsRead(log, "*")).containsExactly("a", "b", "ab");
        assertThat(topicsRead(log, "**/c")).containsExactly("a/b/c", "a/c");
        assertThat(topicsRead(log, "**")).hasSize(6);
        assertThat(topicsRead(log, "b", "a/*", "a/c", "nothing/**")).containsExactly("a/b", "b", "a/c");
        assertThat(topicsRead(log, "nothing")).isEmpty();
    }

    private static List<String> topicsRead(EventLog log, String... patterns) {
        return follow(log, filter(patterns), log.beforeOldest(), AMPLE).stream()
                .map(event -> event.topic().name())
                .toList();
    }

    @Test
    void anEventWithSeveralTopicsComesOnce() {
        EventLog log = openLog();
        List<Topic> topics = List.of(new Topic("a/1"), new Topic("b"), new Topic("a/2"));
        append(log, new Notification(topics, "e", Data.text("x"), false, null));

        assertThat(topicsRead(log, "a/*", "b", "**")).hasSize(1);
        assertThat(topicsRead(log, "a/*", "b")).hasSize(1);
        assertThat(topicsRead(log, "a/2")).hasSize(1);
        assertThat(topicsRead(log, "b")).hasSize(1);
    }

    @Test
    void privateEventsAreReadWithAGrantOnly() {
        EventLog log = openLog();
        append(log, grantable("private", false, "users/7"));
        append(log, grantable("public", true, "users/7"));
        append(log, grantable("shared", false, "users/8", "users/7"));
        append(log, grantable("other", false, "users/8"));

        assertThat(dataRead(log, "users/7")).containsExactly("private", "public", "shared");
        assertThat(dataRead(log, "users/*")).containsExactly("private", "public", "shared", "other");
        assertThat(dataRead(log, "orders/**")).containsExactly("public");
        assertThat(dataRead(log)).containsExactly("public");
    }

    @Test
    void aGrantForAnotherTopicOfTheEventIsAGrant() {
        EventLog log = openLog();
        append(log, grantable("both", false, "orders/42", "users/7"));

        assertThat(read(log, new EventFilter(patterns("orders/42"), patterns("users/7"))))
                .containsExactly("both");
        assertThat(read(log, new EventFilter(patterns("orders/42"), patterns("users/8"))))
                .isEmpty();
        assertThat(read(log, new EventFilter(patterns("orders/43"), patterns("users/7"))))
                .isEmpty();
    }

    private static Notification grantable(String text, boolean isPublic, String... topics) {
        return new Notification(
                List.of(topics).stream().map(Topic::new).toList(), "e", Data.text(text), isPublic, null);
    }

    private static List<String> dataRead(EventLog log, String... grants) {
        return read(log, new EventFilter(patterns("**"), patterns(grants)));
    }

    private static List<String> read(EventLog log, EventFilter filter) {
        return follow(log, filter, log.beforeOldest(), AMPLE).stream()
                .map(event -> event.data().toString())
                .toList();
    }

    @RepeatedTest(20)
    void whatIsReadIsWhatAPlainListWouldGive(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        EventLog log = openLog();
        ListModel model = new ListModel();
        while (model.size() < 300) {
            Notification[] batch = RandomLogs.batch(random);
            model.add(append(log, batch), batch);
        }

        for (int i = 0; i < 40; i++) {
            EventFilter filter = RandomLogs.filter(random);
            ReadLimits limits = new ReadLimits(1 + random.nextInt(20), 1 + random.nextInt(500));
            Position after = new Position(log.epoch(), random.nextInt(model.size() + 1));
            assertThat(positions(follow(log, filter, after, limits)))
                    .as("%s after %s", filter, after)
                    .isEqualTo(model.read(filter, after));
        }
    }

    // ---- cursors that cannot be resumed from

    @Test
    void anUnknownEpochIsAGapAndTheOldestEvents() {
        EventLog log = openLog();
        append(log, notifications("a", "p", 0, 5));
        Position unknown = new Position(log.epoch() + 1, 3);

        assertGap(log, unknown, Gap.Reason.UNKNOWN_EPOCH);
    }

    @Test
    void aPlaceBeyondTheEndIsAGapAndTheOldestEvents() {
        EventLog log = openLog();
        append(log, notifications("a", "p", 0, 5));

        assertGap(log, log.head().plus(1), Gap.Reason.BEYOND_END);
        assertGap(log, new Position(log.epoch(), Long.MAX_VALUE), Gap.Reason.BEYOND_END);
    }

    @Test
    void aTrimmedPlaceIsAGapAndTheOldestEvents() {
        EventLog log = openLog(keeping(5));
        append(log, notifications("a", "p", 0, 20));
        awaitOldest(log, 16);

        assertGap(log, new Position(log.epoch(), 0), Gap.Reason.TRIMMED);
        assertGap(log, new Position(log.epoch(), 14), Gap.Reason.TRIMMED);
        assertThat(follow(log, EventFilter.ALL, new Position(log.epoch(), 15), AMPLE))
                .hasSize(5);
    }

    @Test
    void inAnEmptyLogABadCursorIsAGapToo() {
        EventLog log = openLog();

        assertGap(log, new Position(log.epoch(), 1), Gap.Reason.BEYOND_END);
        assertGap(log, new Position(log.epoch() + 1, 0), Gap.Reason.UNKNOWN_EPOCH);
    }

    @Test
    void aGapIsSaidThoughNothingIsWanted() {
        EventLog log = openLog();
        append(log, notifications("other", "p", 0, 5));
        Position beyond = log.head().plus(1);

        Chunk chunk = log.read(filter("wanted"), beyond, AMPLE);

        assertThat(chunk.gap()).isEqualTo(new Gap(beyond, log.oldest(), log.head(), Gap.Reason.BEYOND_END));
        assertThat(chunk.events()).isEmpty();
        assertThat(chunk.next()).isEqualTo(log.head());
    }

    /** Said once: who follows the chunk is not told again and gets every event that is kept. */
    private static void assertGap(EventLog log, Position cursor, Gap.Reason reason) {
        List<Event> kept = readAll(log);
        Chunk chunk = log.read(EventFilter.ALL, cursor, new ReadLimits(2, Integer.MAX_VALUE));

        assertThat(chunk.gap()).isEqualTo(new Gap(cursor, log.oldest(), log.head(), reason));
        assertThat(chunk.events()).isEqualTo(kept.subList(0, Math.min(2, kept.size())));
        List<Event> all = new ArrayList<>(chunk.events());
        all.addAll(follow(log, EventFilter.ALL, chunk.next(), AMPLE));
        assertThat(all).isEqualTo(kept);
    }

    // ---- times

    @Test
    void aTimeIsThePlaceBehindTheLastEventThatIsNotLater() {
        EventLog log = openLog();
        Instant first = clock.instant();
        append(log, notifications("a", "p", 0, 2));
        clock.advance(Duration.ofSeconds(10));
        append(log, notification("a", "p", 2));
        clock.advance(Duration.ofSeconds(10));
        append(log, notification("a", "p", 3));

        assertThat(log.positionAt(first.minusMillis(1))).isEqualTo(log.beforeOldest());
        assertThat(log.positionAt(first)).isEqualTo(new Position(log.epoch(), 2));
        assertThat(log.positionAt(first.plusMillis(9_999))).isEqualTo(new Position(log.epoch(), 2));
        assertThat(log.positionAt(first.plusMillis(10_000))).isEqualTo(new Position(log.epoch(), 3));
        assertThat(log.positionAt(first.plusMillis(20_000))).isEqualTo(log.head());
        assertThat(log.positionAt(first.plusSeconds(3_600))).isEqualTo(log.head());
    }

    @Test
    void theFirstAndTheLastOfAllTimesAreTheEndsOfTheLog() {
        EventLog log = openLog();
        assertThat(log.positionAt(Instant.MIN)).isEqualTo(log.head());
        assertThat(log.positionAt(Instant.MAX)).isEqualTo(log.head());
        append(log, notifications("a", "p", 0, 3));

        assertThat(log.positionAt(Instant.MIN)).isEqualTo(log.beforeOldest());
        assertThat(log.positionAt(Instant.MAX)).isEqualTo(log.head());
    }

    @Test
    void aTimeBeforeWhatIsKeptIsThePlaceBeforeTheOldest() {
        EventLog log = openLog(keeping(3));
        for (int i = 0; i < 10; i++) {
            append(log, notification("a", "p", i));
            clock.advance(Duration.ofSeconds(1));
        }
        awaitOldest(log, 8);

        assertThat(log.positionAt(clock.instant().minusSeconds(9))).isEqualTo(log.beforeOldest());
        assertThat(log.positionAt(clock.instant().minusSeconds(2))).isEqualTo(new Position(log.epoch(), 9));
    }

    // ---- what is kept

    @Test
    void theOldestGoWhenThereAreTooMany() {
        EventLog log = openLog(keeping(10));
        for (int i = 0; i < 25; i++) {
            append(log, notification("a", "p", i));
        }

        awaitOldest(log, 16);
        assertThat(positions(readAll(log))).hasSize(10).startsWith(log.oldest()).endsWith(log.head());
    }

    @Test
    void theOldestGoWhenTheyTakeTooManyBytes() {
        EventLog log = openLog(settings(EVERYTHING.age(), 40 << 10, EVERYTHING.events()));
        Data kibibyte = Data.text("x".repeat(1 << 10));
        for (int i = 0; i < 200; i++) {
            append(log, data("a", kibibyte));
        }

        await().untilAsserted(() -> assertThat(readAll(log)).hasSizeBetween(5, 40));
        assertThat(positions(readAll(log))).startsWith(log.oldest()).endsWith(log.head());
    }

    @Test
    void theOldestGoWhenTheyAreTooOld() {
        EventLog log = openLog(keeping(Duration.ofHours(1)));
        append(log, notifications("a", "p", 0, 3));
        clock.advance(Duration.ofMinutes(30));
        append(log, notifications("a", "p", 3, 5));
        clock.advance(Duration.ofMinutes(30));

        awaitOldest(log, 4);
        assertThat(readAll(log)).hasSize(2);
    }

    @Test
    void theHeadStaysWhenAllHasGone() {
        EventLog log = openLog(keeping(Duration.ofHours(1)));
        append(log, notifications("a", "p", 0, 3));
        clock.advance(Duration.ofHours(1));

        awaitOldest(log, 4);
        assertThat(log.head()).isEqualTo(new Position(log.epoch(), 3));
        assertThat(readAll(log)).isEmpty();
        assertGap(log, new Position(log.epoch(), 1), Gap.Reason.TRIMMED);
        assertThat(append(log, notification("a", "p", 3)).first()).isEqualTo(new Position(log.epoch(), 4));
        assertThat(readAll(log)).hasSize(1);
    }

    @Test
    void whatIsKeptForEverHasNoLimitThatOverflows() {
        EventLog log = openLog(settings(EVERYTHING.age(), Long.MAX_VALUE, 3));
        append(log, notifications("a", "p", 0, 5));

        awaitOldest(log, 3);
    }

    static void awaitOldest(EventLog log, long offset) {
        await().untilAsserted(() -> assertThat(log.oldest()).isEqualTo(new Position(log.epoch(), offset)));
    }

    @Test
    void anEventIsNotDeliveredWhenItsOwnTimeIsOver() {
        EventLog log = openLog();
        append(log, mortal("short", Duration.ofSeconds(10)));
        append(log, notification("a", "immortal", 0));
        append(log, mortal("long", Duration.ofMinutes(10)));

        clock.advance(Duration.ofMillis(9_999));
        assertThat(read(log, EventFilter.ALL)).containsExactly("short", "immortal:0", "long");
        clock.advance(Duration.ofMillis(1));
        assertThat(read(log, EventFilter.ALL)).containsExactly("immortal:0", "long");
        clock.advance(Duration.ofMinutes(10));
        assertThat(read(log, EventFilter.ALL)).containsExactly("immortal:0");
    }

    @Test
    void anEventWhoseOwnTimeIsOverLeavesNoGap() {
        EventLog log = openLog();
        Position start = log.head();
        append(log, mortal("a", Duration.ofSeconds(10)));
        Position middle = append(log, mortal("b", Duration.ofSeconds(10))).first();
        append(log, mortal("c", Duration.ofSeconds(10)));
        clock.advance(Duration.ofSeconds(10));

        // long enough for the idle writer thread to have trimmed; nothing of it can be seen from here
        await().during(Duration.ofMillis(1_600)).atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            Chunk nothing = new Chunk(List.of(), log.head(), true, null);
            assertThat(log.read(EventFilter.ALL, start, AMPLE)).isEqualTo(nothing);
            assertThat(log.read(EventFilter.ALL, middle, AMPLE)).isEqualTo(nothing);
        });
        append(log, notification("a", "p", 0));
        assertThat(follow(log, EventFilter.ALL, middle, AMPLE)).hasSize(1);
    }

    private static Notification mortal(String text, Duration ttl) {
        return new Notification(List.of(new Topic("a")), "e", Data.text(text), false, ttl);
    }

    /** The log looks at the clock in the middle of a read. One that does not, or trims nothing meanwhile, passes too. */
    @Test
    void whatIsTrimmedInTheMiddleOfAReadIsAGap() {
        MeddlingClock meddling = new MeddlingClock(clock);
        EventLog log = openLog(keeping(5).withClock(meddling));
        append(log, notifications("a", "p", 0, 5));
        Position start = log.beforeOldest();
        meddling.onNextLook(() -> {
            log.append(Publication.of(notifications("a", "p", 5, 8)));
            CompletableFuture<Void> trimmed = CompletableFuture.runAsync(() -> awaitOldest(log, 4));
            assertThat(trimmed.handle((nothing, tooLate) -> true).join()).isTrue();
        });

        Chunk chunk = log.read(EventFilter.ALL, start, AMPLE);

        assertThat(chunk.events()).isNotEmpty();
        assertConsecutive(chunk.events());
        Position first = chunk.events().get(0).position();
        if (first.equals(start.plus(1))) {
            assertThat(chunk.gap()).isNull();
        } else {
            assertThat(chunk.gap()).isEqualTo(new Gap(start, first, log.head(), Gap.Reason.TRIMMED));
        }
        meddling.onNextLook(() -> {});
        List<Event> all = new ArrayList<>(chunk.events());
        all.addAll(follow(log, EventFilter.ALL, chunk.next(), AMPLE));
        assertConsecutive(all);
        assertThat(positions(all)).endsWith(log.head());
    }

    @Test
    void whatIsTrimmedUnderAReaderIsAGapAndNeverASilentNothing() {
        EventLog log = openLog(keeping(50));
        Position start = log.head();
        int batches = 500;
        CompletableFuture<Long> reader = CompletableFuture.supplyAsync(
                () -> readToOffset(log, start, batches * 20L), task -> new Thread(task).start());
        for (int i = 0; i < batches; i++) {
            append(log, notifications("a", "p" + i, 0, 20));
        }

        assertThat(get(reader)).isEqualTo(batches * 20L);
    }

    /** Follows the log, a gap apart each event stands right behind the one in front of it. */
    private static long readToOffset(EventLog log, Position start, long end) {
        Position position = start;
        while (position.offset() < end) {
            Chunk chunk = log.read(EventFilter.ALL, position, new ReadLimits(30, Integer.MAX_VALUE));
            if (chunk.gap() == null && !chunk.events().isEmpty()) {
                assertThat(chunk.events().get(0).position()).isEqualTo(position.plus(1));
            }
            assertConsecutive(chunk.events());
            assertThat(chunk.next().offset()).isGreaterThanOrEqualTo(position.offset());
            position = chunk.next();
        }
        return position.offset();
    }

    @Test
    void theEndOfTimeIsAPlaceThatCanBeReadWhileOthersAppend() {
        EventLog log = openLog(keeping(4_000));
        CompletableFuture<Void> publisher = CompletableFuture.runAsync(
                () -> {
                    for (int i = 0; i < 150; i++) {
                        append(log, notifications("a", "p" + i, 0, 2_000));
                    }
                },
                task -> new Thread(task).start());

        while (!publisher.isDone()) {
            Position position = log.positionAt(Instant.MAX);
            Gap gap = log.read(EventFilter.ALL, position, new ReadLimits(1, 1)).gap();
            assertThat(gap == null ? Gap.Reason.TRIMMED : gap.reason()).isEqualTo(Gap.Reason.TRIMMED);
        }
        get(publisher);
    }

    // ---- idempotency keys

    @Test
    void theSameKeyGetsTheSameAnswerAndAppendsNothing() {
        EventLog log = openLog();
        Recorder recorder = new Recorder();
        log.onCommit(recorder);
        Receipt first = get(log.append(keyed("key", "body", 3)));
        append(log, notification("a", "other", 0));

        Receipt again = get(log.append(keyed("key", "body", 3)));

        assertThat(first.repeated()).isFalse();
        assertThat(again).isEqualTo(new Receipt(first.first(), 3, true));
        assertThat(log.head()).isEqualTo(first.first().plus(3));
        assertThat(recorder.events()).hasSize(4).isEqualTo(readAll(log));
    }

    @Test
    void theSameKeyWithAnotherBodyIsAConflict() {
        EventLog log = openLog();
        get(log.append(keyed("key", "body", 1)));

        assertThat(failure(log.append(keyed("key", "another", 1)))).isInstanceOf(IdempotencyConflict.class);
        assertThat(readAll(log)).hasSize(1);
        assertThat(get(log.append(keyed("key2", "another", 1))).repeated()).isFalse();
        assertThat(get(log.append(keyed("key", "body", 1))).repeated()).isTrue();
    }

    @Test
    void theSameKeyIsKnownWithinOneGroup() {
        EventLog log = openLog();
        Gate gate = gate(log);
        log.append(Publication.of(notification("a", "first", 0)));
        gate.awaitReached();
        List<CompletableFuture<Receipt>> same = IntStream.range(0, 10)
                .mapToObj(i -> log.append(keyed("key", "body", 2)))
                .toList();
        CompletableFuture<Receipt> conflict = log.append(keyed("key", "another", 2));
        CompletableFuture<Receipt> behind = log.append(Publication.of(notification("a", "behind", 0)));
        gate.open();

        Position position = new Position(log.epoch(), 2);
        assertThat(get(same.get(0))).isEqualTo(new Receipt(position, 2, false));
        assertThat(same.subList(1, 10)).allSatisfy(it -> assertThat(get(it)).isEqualTo(new Receipt(position, 2, true)));
        assertThat(failure(conflict)).isInstanceOf(IdempotencyConflict.class);
        assertThat(get(behind).first()).isEqualTo(position.plus(2));
        assertThat(readAll(log)).hasSize(4);
    }

    @Test
    void theSameKeyFromManyPublishersAtOnceAppendsOnce() {
        EventLog log = openLog();
        List<CompletableFuture<Receipt>> running = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> get(log.append(keyed("key", "body", 1))), task -> new Thread(task).start()))
                .toList();

        assertThat(running.stream().map(LogProbe::get).filter(receipt -> !receipt.repeated()))
                .hasSize(1);
        assertThat(readAll(log)).hasSize(1);
    }

    @Test
    void aKeyIsForgottenWhenItsWindowIsOver() {
        EventLog log = openLog();
        Receipt first = get(log.append(keyed("key", "body", 1)));
        clock.advance(WINDOW.minusMillis(1));
        assertThat(get(log.append(keyed("key", "body", 1))).repeated()).isTrue();
        clock.advance(Duration.ofMillis(1));

        assertThat(get(log.append(keyed("key", "another", 1))))
                .isEqualTo(new Receipt(first.first().plus(1), 1, false));
        assertThat(failure(log.append(keyed("key", "body", 1)))).isInstanceOf(IdempotencyConflict.class);
    }

    @Test
    void aKeyThatIsUsedAnewIsKeptForAWindowOfItsOwn() {
        EventLog log = openLog();
        IntStream.range(0, 50).forEach(i -> get(log.append(keyed("key" + i, "body", 1))));
        clock.advance(WINDOW);
        IntStream.range(0, 50).forEach(i -> {
            assertThat(get(log.append(keyed("key" + i, "body", 1))).repeated()).isFalse();
            append(log, notification("a", "between", i));
            assertThat(get(log.append(keyed("key" + i, "body", 1))).repeated()).isTrue();
        });
    }

    @Test
    void aKeyIsKnownThoughItsEventsHaveGone() {
        EventLog log = openLog(keeping(1));
        Receipt first = get(log.append(keyed("key", "body", 1)));
        append(log, notification("a", "p", 0));
        awaitOldest(log, 2);

        assertThat(get(log.append(keyed("key", "body", 1)))).isEqualTo(new Receipt(first.first(), 1, true));
    }

    static Publication keyed(String key, String body, int count) {
        IdempotencyKey idempotencyKey = IdempotencyKey.of(key, body.getBytes(UTF_8));
        return new Publication(List.of(notifications("a", body, 0, count)), idempotencyKey);
    }

    // ---- a full queue, and the end

    @Test
    void aFullQueueRefusesAtOnceAndNothingIsHalfDone() {
        EventLog log = openLog(settings().withQueue(10, 1 << 20));
        Gate gate = gate(log);
        CompletableFuture<Receipt> writing = log.append(Publication.of(notification("a", "writing", 0)));
        gate.awaitReached();
        CompletableFuture<Receipt> queued = log.append(Publication.of(notifications("a", "queued", 0, 8)));

        CompletableFuture<Receipt> tooMany = log.append(keyed("key", "body", 3));
        assertThat(tooMany).isCompletedExceptionally();
        assertThat(failure(tooMany)).isInstanceOf(LogFull.class);
        CompletableFuture<Receipt> fits = log.append(Publication.of(notifications("a", "fits", 0, 2)));
        assertThat(failure(log.append(Publication.of(notification("a", "p", 0)))))
                .isInstanceOf(LogFull.class);
        gate.open();

        assertThat(get(writing).first().offset()).isEqualTo(1);
        assertThat(get(queued).first().offset()).isEqualTo(2);
        assertThat(get(fits).first().offset()).isEqualTo(10);
        assertThat(get(log.append(keyed("key", "body", 3))))
                .isEqualTo(new Receipt(new Position(log.epoch(), 12), 3, false));
        assertThat(readAll(log)).hasSize(14);
    }

    @Test
    void aQueueIsFullOfBytesToo() {
        EventLog log = openLog(settings().withQueue(1_000, 10_000));
        Gate gate = gate(log);
        Publication large = Publication.of(data("a", Data.text("x".repeat(6_000))));
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
    void whatIsLargerThanTheQueueIsTakenWhenNothingWaits() {
        EventLog log = openLog(settings().withQueue(4, 100));

        Receipt receipt = append(log, notifications("a", "p", 0, 50));

        assertThat(receipt.count()).isEqualTo(50);
        assertEachOnceInOrder(readAll(log), 1, 50);
    }

    @Test
    void closingCommitsWhatWasAppendedBefore() {
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
    void everyAppendIsAnsweredThoughTheLogIsClosedMeanwhile() {
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
    void aClosedLogRefusesAppendsAndReads() {
        EventLog log = openLog();
        append(log, notification("a", "p", 0));
        Position before = log.beforeOldest();

        log.close();

        assertThat(failure(log.append(Publication.of(notification("a", "p", 1)))))
                .isInstanceOf(LogClosed.class);
        assertThatThrownBy(() -> log.read(EventFilter.ALL, before, AMPLE)).isInstanceOf(LogClosed.class);
        assertThatThrownBy(() -> log.positionAt(clock.instant())).isInstanceOf(LogClosed.class);
    }

    @Test
    void closingAgainDoesNothing() {
        EventLog log = openLog();
        append(log, notification("a", "p", 0));

        log.close();
        log.close();

        assertThat(failure(log.append(Publication.of(notification("a", "p", 1)))))
                .isInstanceOf(LogClosed.class);
    }
}
