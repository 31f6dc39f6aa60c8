package dev.belfry.testkit;

import static dev.belfry.testkit.LogProbe.AMPLE;
import static dev.belfry.testkit.LogProbe.append;
import static dev.belfry.testkit.LogProbe.filter;
import static dev.belfry.testkit.LogProbe.follow;
import static dev.belfry.testkit.LogProbe.get;
import static dev.belfry.testkit.LogProbe.patterns;
import static dev.belfry.testkit.NumberedEvents.notification;
import static dev.belfry.testkit.NumberedEvents.notifications;
import static dev.belfry.testkit.NumberedEvents.number;
import static dev.belfry.testkit.NumberedEvents.positions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.Chunk;
import dev.belfry.Data;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.Gap;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.ReadLimits;
import dev.belfry.RemovalLimits;
import dev.belfry.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/**
 * When a reader is told of a gap: if and only if an event that its filter accepts may be missing.
 */
interface GapContract extends LogUnderTest {
    /** A log that has removed all that stands here but a last event, and remembers it. */
    private EventLog logThatLost(Notification... notifications) {
        EventLog log = openLog(keeping(1));
        append(log, notifications);
        LogUnderTest.awaitFirstKept(
                log, append(log, notification("last", "p", 0)).first());
        return log;
    }

    private static boolean hasGap(EventLog log, EventFilter filter, Position after) {
        Gap gap = log.read(filter, after, AMPLE).gap();
        assertThat(gap == null ? Gap.Reason.TRIMMED : gap.reason()).isEqualTo(Gap.Reason.TRIMMED);
        return gap != null;
    }

    /** Behind the very beginning. */
    private static boolean hasGap(EventLog log, EventFilter filter) {
        return hasGap(log, filter, new Position(log.epoch(), 0));
    }

    private static Notification of(boolean isPublic, String... topics) {
        return new Notification(List.of(topics).stream().map(Topic::new).toList(), "e", Data.EMPTY, isPublic, null);
    }

    @Test
    default void aReaderOfAQuietTopicIsToldOfNoGapBecauseOthersAreLoud() {
        EventLog log = openLog(keeping(10));
        Position quiet = append(log, notification("users/7", "quiet", 0)).first();
        for (int i = 0; i < 5; i++) {
            append(log, notifications("loud/" + i, "p", 0, 100));
        }
        LogUnderTest.awaitKeptEvents(log, 10);

        for (String pattern : List.of("users/7", "users/*", "users/**", "*/7", "nothing", "nothing/**")) {
            assertThat(hasGap(log, filter(pattern), quiet)).as(pattern).isFalse();
        }
        assertThat(hasGap(log, filter("users/7"), quiet.before())).isTrue();
        assertThat(hasGap(log, filter("loud/*"), quiet)).isTrue();
        assertThat(hasGap(log, filter("users/7", "*/4"), quiet)).isTrue();
        assertThat(hasGap(log, EventFilter.ALL, quiet)).isTrue();
    }

    @Test
    default void whatAReaderWithoutAGapIsGivenIsAllThatIsKept() {
        EventLog log = openLog(keeping(10));
        Position quiet = append(log, notification("quiet", "q", 0)).first();
        append(log, notifications("loud", "p", 0, 100));
        Position next = append(log, notification("quiet", "q", 1)).first();
        append(log, notifications("loud", "p", 100, 105));
        LogUnderTest.awaitKeptEvents(log, 10);

        assertThat(positions(follow(log, filter("quiet"), quiet, AMPLE))).containsExactly(next);
    }

    @Test
    default void theGapIsWhereTheNewestEventOfTheTopicWas() {
        EventLog log = openLog(keeping(1));
        List<Position> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            all.add(append(log, notification(i % 3 == 0 ? "a/b" : "c", "p", i)).first());
        }
        LogUnderTest.awaitFirstKept(log, all.get(11));

        for (int i = 0; i < 12; i++) {
            for (String pattern : List.of("a/b", "a/*", "**/b")) {
                assertThat(hasGap(log, filter(pattern), all.get(i)))
                        .as("%s behind %s", pattern, i)
                        .isEqualTo(i < 9);
            }
        }
    }

    @Test
    default void aGapIsOfWhatMayBeReadOnly() {
        EventLog log = logThatLost(of(false, "private"), of(true, "public"), of(false, "one", "other"));

        assertThat(hasGap(log, new EventFilter(patterns("private"), patterns("private"))))
                .isTrue();
        assertThat(hasGap(log, new EventFilter(patterns("private"), patterns("another"))))
                .isFalse();
        assertThat(hasGap(log, new EventFilter(patterns("private"), patterns())))
                .isFalse();
        assertThat(hasGap(log, new EventFilter(patterns("*"), patterns()))).isTrue();
        assertThat(hasGap(log, new EventFilter(patterns("public"), patterns()))).isTrue();
        assertThat(hasGap(log, new EventFilter(patterns("one"), patterns("other"))))
                .isTrue();
        assertThat(hasGap(log, new EventFilter(patterns("one"), patterns("one"))))
                .isTrue();
        assertThat(hasGap(log, new EventFilter(patterns("one"), patterns()))).isFalse();
        assertThat(hasGap(log, new EventFilter(patterns(), patterns("**")))).isFalse();
    }

    @Test
    default void aPublicEventDoesNotHideAnOlderPrivateOne() {
        EventLog log = openLog(keeping(1));
        Position isPrivate = append(log, of(false, "a")).first();
        Position isPublic = append(log, of(true, "a")).first();
        LogUnderTest.awaitFirstKept(log, append(log, of(true, "last")).first());

        EventFilter granted = new EventFilter(patterns("a"), patterns("a"));
        EventFilter stranger = new EventFilter(patterns("a"), patterns("b"));
        assertThat(hasGap(log, granted, isPrivate.before())).isTrue();
        assertThat(hasGap(log, stranger, isPrivate)).isTrue();
        assertThat(hasGap(log, granted, isPublic)).isFalse();
    }

    @Test
    default void whatItsOwnTimeHasRemovedIsNoGapThoughRetentionRemovesMore() {
        EventLog log = openLog(keeping(5));
        Position start = log.head();
        append(log, RetentionContract.mortals("m", Duration.ofSeconds(1), 3));
        clock().advance(Duration.ofSeconds(1));
        append(log, notifications("b", "p", 0, 20));
        LogUnderTest.awaitKeptEvents(log, 5);

        assertThat(hasGap(log, filter("a"), start)).isFalse();
        assertThat(hasGap(log, filter("b"), start)).isTrue();
    }

    @Test
    default void whereMoreTopicsWereTrimmedThanAreRememberedAGapIsSaid() {
        EventLog log = openLog(keeping(1).withRemovals(new RemovalLimits(10, Duration.ofDays(180))));
        Position start = log.head();
        List<Position> all = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            all.add(append(log, notification("topic/" + i, "p", i)).first());
        }
        LogUnderTest.awaitFirstKept(log, all.get(29));
        append(log, notification("topic/30", "p", 30)); // so that what was trimmed too much is forgotten

        await().untilAsserted(() ->
                assertThat(hasGap(log, filter("quiet"), all.get(17))).isTrue());
        assertThat(hasGap(log, filter("quiet"), start)).isTrue();
        assertThat(hasGap(log, filter("quiet"), all.get(22))).isFalse();
        assertThat(hasGap(log, filter("topic/25"), all.get(22))).isTrue();
    }

    @Test
    default void whatWasTrimmedTooLongAgoIsForgotten() {
        EventLog log = openLog(keeping(1).withRemovals(new RemovalLimits(1_000, Duration.ofDays(180))));
        Position old = append(log, notification("old", "p", 0)).first();
        Position next = append(log, notification("a", "p", 0)).first();
        LogUnderTest.awaitFirstKept(log, next);
        clock().advance(Duration.ofDays(179));
        append(log, notification("a", "p", 1));
        LogUnderTest.awaitKeptEvents(log, 1);
        assertThat(hasGap(log, filter("quiet"), old.before())).isFalse();
        clock().advance(Duration.ofDays(1));
        append(log, notification("a", "p", 2));

        await().untilAsserted(() ->
                assertThat(hasGap(log, filter("quiet"), old.before())).isTrue());
        assertThat(hasGap(log, filter("quiet"), next)).isFalse();
    }

    @Test
    default void aPatternThatLeadsToTooManyTopicsIsToldOfAGap() {
        EventLog log = openLog(keeping(1));
        Position start = log.head();
        for (int i = 0; i < 12; i++) {
            int from = 1_000 * i;
            append(
                    log,
                    IntStream.range(from, from + 1_000)
                            .mapToObj(n -> notification("t/" + n, "p", n))
                            .toArray(Notification[]::new));
        }
        LogUnderTest.awaitKeptEvents(log, 1);

        assertThat(hasGap(log, filter("t/5"), start)).isTrue();
        assertThat(hasGap(log, filter("t/nothing"), start)).isFalse();
        assertThat(hasGap(log, filter("s/**"), start)).isFalse();
        assertThat(hasGap(log, filter("t/*/nothing"), log.beforeOldest())).isFalse();
        assertThat(hasGap(log, filter("t/*/nothing"), start)).isTrue();
    }

    /** What a filter accepts is the truth: the model knows every event that has gone. */
    @RepeatedTest(10)
    default void aGapIsSaidIfAndOnlyIfSomethingIsMissing(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        EventLog log = openLog(keeping(20));
        List<Event> all = new CopyOnWriteArrayList<>();
        log.onCommit(all::addAll);
        Position start = log.head();
        for (int i = 0; i < 40; i++) {
            append(log, RandomLogs.batch(random));
        }
        LogUnderTest.awaitKeptEvents(log, 20);
        List<Event> gone = all.subList(0, all.size() - 20);

        for (int i = 0; i < 100; i++) {
            EventFilter filter = RandomLogs.filter(random);
            Position after =
                    new Position(start.epoch(), random.nextLong(log.head().offset() + 1));
            Predicate<Event> missed = event -> event.position().offset() > after.offset() && filter.accepts(event);
            // of an event with several topics it is not known which grants would have done
            Predicate<Event> perhaps = event -> event.position().offset() > after.offset()
                    && event.topics().size() > 1
                    && new EventFilter(filter.selectors(), patterns("**")).accepts(event);
            boolean hasGap = hasGap(log, filter, after);
            if (gone.stream().anyMatch(missed)) {
                assertThat(hasGap).as("%s behind %s", filter, after).isTrue();
            } else if (gone.stream().noneMatch(perhaps)) {
                assertThat(hasGap).as("%s behind %s", filter, after).isFalse();
            }
        }
    }

    @Test
    default void whatIsTrimmedUnderAReaderIsAGapAndNeverASilentNothing() {
        EventLog log = openLog(keeping(50));
        Position start = log.head();
        int batches = 500;
        CompletableFuture<Integer> reader = CompletableFuture.supplyAsync(
                () -> readToNumber(log, EventFilter.ALL, start, batches * 20), task -> new Thread(task).start());
        for (int i = 0; i < batches; i++) {
            append(log, notifications("a", "p", 20 * i, 20 * i + 20));
        }

        assertThat(get(reader)).isEqualTo(batches * 20);
    }

    /** Retention overtakes all of them; only those whose own events it has removed are told. */
    @Test
    default void aReaderOfAQuietTopicThatRetentionOvertakesLosesNothingSilentlyAndHasNoFalseGap() {
        EventLog log = openLog(keeping(60));
        Position start = log.head();
        int rounds = 400;
        List<CompletableFuture<Integer>> readers = List.of("quiet", "quiet/**", "*/*/none", "quiet").stream()
                .map(pattern -> pattern.contains("none") ? filter(pattern, "quiet") : filter(pattern))
                .map(filter -> CompletableFuture.supplyAsync(
                        () -> readToNumber(log, filter, start, rounds), task -> new Thread(task).start()))
                .toList();
        for (int i = 0; i < rounds; i++) {
            append(log, notifications("loud/" + i % 7, "p", 0, 25));
            append(log, notification("quiet", "p", i));
        }

        assertThat(readers).allSatisfy(reader -> assertThat(get(reader)).isEqualTo(rounds));
    }

    /** Follows the log to an event: without a gap each number follows the last one, with a gap one is missing. */
    private static int readToNumber(EventLog log, EventFilter filter, Position start, int end) {
        Position position = start;
        int next = 0;
        boolean isGap = false;
        while (next < end) {
            Chunk chunk = log.read(filter, position, new ReadLimits(3, Integer.MAX_VALUE));
            isGap |= chunk.gap() != null;
            for (Event event : chunk.events()) {
                if (isGap) {
                    assertThat(number(event)).as("behind a gap").isGreaterThan(next);
                } else {
                    assertThat(number(event)).as("behind %s", position).isEqualTo(next);
                }
                isGap = false;
                next = number(event) + 1;
            }
            assertThat(chunk.next().offset()).isGreaterThanOrEqualTo(position.offset());
            position = chunk.next();
        }
        return next;
    }

    @Test
    default void theEarliestIsNeverAGapThoughRetentionRemovesItMeanwhile() {
        EventLog log = openLog(keeping(10));
        CompletableFuture<Void> publisher = CompletableFuture.runAsync(
                () -> IntStream.range(0, 300).forEach(i -> append(log, notifications("a", "p" + i, 0, 20))),
                task -> new Thread(task).start());

        while (!publisher.isDone()) {
            assertThat(log.read(EventFilter.ALL, Position.EARLIEST, new ReadLimits(1, 1))
                            .gap())
                    .isNull();
        }
        get(publisher);
    }

    @Test
    default void theEndOfTimeIsAPlaceThatCanBeReadWhileOthersAppend() {
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
}
