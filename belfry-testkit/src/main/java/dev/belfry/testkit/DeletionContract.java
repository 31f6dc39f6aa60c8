package dev.belfry.testkit;

import static dev.belfry.testkit.LogProbe.AMPLE;
import static dev.belfry.testkit.LogProbe.append;
import static dev.belfry.testkit.LogProbe.failure;
import static dev.belfry.testkit.LogProbe.filter;
import static dev.belfry.testkit.LogProbe.get;
import static dev.belfry.testkit.LogProbe.patterns;
import static dev.belfry.testkit.LogProbe.readAll;
import static dev.belfry.testkit.NumberedEvents.notification;
import static dev.belfry.testkit.NumberedEvents.notifications;
import static dev.belfry.testkit.NumberedEvents.positions;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.BelfryException.LogClosed;
import dev.belfry.Chunk;
import dev.belfry.Data;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.Gap;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.ReadLimits;
import dev.belfry.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** The events of a topic may be deleted, and whoever would have got one is told. */
interface DeletionContract extends LogUnderTest {
    /** What a reader is given: positions of events, and those that gaps send it on from. */
    record Told(List<Position> events, List<Position> gaps) {}

    /** Follows to the head. */
    static Told follow(EventLog log, EventFilter filter, Position after, ReadLimits limits) {
        Told told = new Told(new ArrayList<>(), new ArrayList<>());
        Position position = after;
        while (true) {
            Chunk chunk = log.read(filter, position, limits);
            Gap gap = chunk.gap();
            if (gap != null) {
                assertThat(gap.reason()).isEqualTo(Gap.Reason.REMOVED);
                told.gaps.add(gap.toEvent(log.clock().instant()).position());
            }
            told.events.addAll(positions(chunk.events()));
            if (chunk.headReached()) {
                return told;
            }
            assertThat(chunk.next().offset()).isGreaterThan(position.offset());
            position = chunk.next();
        }
    }

    private static Notification of(boolean isPublic, String... topics) {
        return new Notification(Stream.of(topics).map(Topic::new).toList(), "e", Data.EMPTY, isPublic, null);
    }

    private static long delete(EventLog log, String topic) {
        return get(log.delete(new Topic(topic)));
    }

    @Test
    default void theEventsOfATopicAreDeletedAndNoOthers() {
        EventLog log = openLog();
        Position b = append(log, notification("b", "p", 0)).first();
        append(log, notifications("a", "p", 0, 5));
        append(log, of(false, "c", "a"));
        Position child = append(log, notification("a/b", "p", 0)).first();

        assertThat(delete(log, "a")).isEqualTo(6);
        assertThat(positions(readAllWithGaps(log))).containsExactly(b, child);
        assertThat(log.newestOf(new Topic("a"))).isEmpty();
        assertThat(log.newestOf(new Topic("c"))).isEmpty();
        assertThat(delete(log, "a")).isZero();
        assertThat(delete(log, "nothing")).isZero();
    }

    private static List<Event> readAllWithGaps(EventLog log) {
        List<Event> events = new ArrayList<>();
        Position position = Position.EARLIEST;
        for (boolean isMore = true; isMore; ) {
            Chunk chunk = log.read(EventFilter.ALL, position, AMPLE);
            events.addAll(chunk.events());
            position = chunk.next();
            isMore = !chunk.headReached();
        }
        return events;
    }

    @Test
    default void aReaderIsToldOnceWhereTheNewestWas() {
        EventLog log = openLog();
        Position start = log.head();
        Position one = append(log, notification("b", "p", 0)).first();
        append(log, notification("a", "p", 0));
        Position two = append(log, notification("b", "p", 1)).first();
        Position newest = append(log, notification("a", "p", 1)).first();
        Position three = append(log, notification("b", "p", 2)).first();
        delete(log, "a");

        for (ReadLimits limits : List.of(AMPLE, new ReadLimits(1, 1))) {
            for (EventFilter filter : List.of(EventFilter.ALL, filter("a", "b"), filter("*"))) {
                Told all = new Told(List.of(one, two, three), List.of(newest));
                assertThat(follow(log, filter, start, limits)).isEqualTo(all);
                assertThat(follow(log, filter, Position.EARLIEST, limits)).isEqualTo(all);
                assertThat(follow(log, filter, two, limits)).isEqualTo(new Told(List.of(three), List.of(newest)));
                assertThat(follow(log, filter, newest, limits)).isEqualTo(new Told(List.of(three), List.of()));
            }
        }
        assertThat(follow(log, filter("b"), start, AMPLE)).isEqualTo(new Told(List.of(one, two, three), List.of()));
        assertThat(follow(log, filter("a"), start, AMPLE)).isEqualTo(new Told(List.of(), List.of(newest)));
        assertThat(follow(log, filter("a/**"), newest.before(), AMPLE).gaps()).containsExactly(newest);
    }

    @Test
    default void aReaderIsToldOfWhatItMayReadOnly() {
        EventLog log = openLog();
        Position start = log.head();
        append(log, of(false, "a"));
        delete(log, "a");
        assertThat(follow(log, new EventFilter(patterns("a"), patterns("b")), start, AMPLE)
                        .gaps())
                .isEmpty();
        assertThat(follow(log, new EventFilter(patterns("a"), patterns("a")), start, AMPLE)
                        .gaps())
                .hasSize(1);
        append(log, of(true, "a"));
        delete(log, "a");
        assertThat(follow(log, new EventFilter(patterns("*"), patterns()), start, AMPLE)
                        .gaps())
                .hasSize(1);
    }

    @Test
    default void aReaderAtTheHeadGoesOn() {
        EventLog log = openLog();
        append(log, notifications("a", "p", 0, 10));
        Position head = log.head();
        delete(log, "a");
        assertThat(log.head()).isEqualTo(head);
        Position next = append(log, notification("a", "p", 10)).first();
        assertThat(follow(log, filter("a"), head, AMPLE)).isEqualTo(new Told(List.of(next), List.of()));
    }

    @Test
    default void manyEventsAreDeletedWhileOthersArePublished() {
        EventLog log = openLog();
        for (int i = 0; i < 5; i++) {
            append(log, notifications("a", "p", 1_000 * i, 1_000 * i + 1_000));
            append(log, notification("b", "p", i));
        }
        CompletableFuture<Long> deleted = log.delete(new Topic("a"));
        append(log, notification("b", "p", 5));
        append(log, notification("a", "later", 0));

        assertThat(get(deleted)).isBetween(5_000L, 5_001L);
        assertThat(readAllWithGaps(log)).hasSize((int) (5_007 - get(deleted)));
    }

    @Test
    default void whatIsDeletedIsNotKeptAnyMore() {
        EventLog log = openLog(keeping(100));
        append(log, notifications("a", "p", 0, 10));
        append(
                log,
                notification("b", "p", 0).withAlias("kept"),
                notification("a", "p", 10).withAlias("gone"));
        delete(log, "a");
        LogUnderTest.awaitKeptEvents(log, 1);
        assertThat(log.positionOf("gone")).isEmpty();
        assertThat(log.positionOf("kept")).isPresent();
        append(log, notifications("b", "p", 1, 100));
        LogUnderTest.awaitKeptEvents(log, 100);
        append(log, notifications("b", "p", 100, 120));
        LogUnderTest.awaitKeptEvents(log, 100);
    }

    @Test
    default void retentionGoesOnBehindWhatWasDeleted() {
        EventLog log = openLog(keeping(5));
        append(log, notifications("a", "p", 0, 3));
        delete(log, "a");
        List<Position> all = append(log, notifications("b", "p", 0, 10)).positions();
        LogUnderTest.awaitFirstKept(log, all.get(5));
        assertThat(positions(readAll(log))).isEqualTo(all.subList(5, 10));
    }

    @Test
    default void nothingIsDeletedFromAClosedLog() {
        EventLog log = openLog();
        append(log, notification("a", "p", 0));
        log.close();
        assertThat(failure(log.delete(new Topic("a")))).isInstanceOf(LogClosed.class);
    }

    /** The model is a list of what was published, without what was deleted. */
    @RepeatedTest(10)
    default void aGapIsToldIfAndOnlyIfADeletedEventIsMissing(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        EventLog log = openLog();
        Position start = log.head();
        List<String> topics = List.of("a", "b", "a/b", "a/c", "c");
        List<Event> kept = new ArrayList<>();
        List<Event> deleted = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            if (random.nextInt(12) == 0) {
                Topic topic = new Topic(topics.get(random.nextInt(topics.size())));
                List<Event> gone =
                        kept.stream().filter(e -> e.topics().contains(topic)).toList();
                assertThat(delete(log, topic.name())).isEqualTo(gone.size());
                kept.removeAll(gone);
                deleted.addAll(gone);
            } else {
                String[] names = random.ints(1 + random.nextInt(2), 0, topics.size())
                        .distinct()
                        .mapToObj(topics::get)
                        .toArray(String[]::new);
                Notification notification = of(random.nextBoolean(), names);
                Position position = append(log, notification).first();
                kept.add(new Event(position, log.clock().instant(), notification));
            }
        }
        for (String pattern : List.of("a", "*", "a/*", "**", "c", "a/b")) {
            for (String grant : List.of("a", "a/**", "**")) {
                EventFilter filter = new EventFilter(patterns(pattern), patterns(grant));
                Position after = random.nextBoolean() || kept.isEmpty()
                        ? start
                        : kept.get(random.nextInt(kept.size())).position();
                Told told = follow(log, filter, after, random.nextBoolean() ? AMPLE : new ReadLimits(2, 100));
                assertThat(told.events).as("%s %s", pattern, grant).isEqualTo(behind(after, filter, kept));
                List<Position> missing = behind(after, filter, deleted);
                assertThat(told.gaps.size()).as("%s %s", pattern, grant).isLessThanOrEqualTo(1);
                if (!missing.isEmpty()) {
                    assertThat(told.gaps).as("%s %s", pattern, grant).hasSize(1);
                    assertThat(told.gaps.get(0).offset())
                            .isGreaterThanOrEqualTo(missing.stream()
                                    .mapToLong(Position::offset)
                                    .max()
                                    .getAsLong());
                } else if (deleted.stream().noneMatch(event -> event.topics().size() > 1)) {
                    assertThat(told.gaps).isEmpty();
                }
            }
        }
    }

    private static List<Position> behind(Position after, EventFilter filter, List<Event> events) {
        return positions(events.stream()
                .filter(event -> event.position().offset() > after.offset() && filter.accepts(event))
                .sorted((one, other) ->
                        Long.compare(one.position().offset(), other.position().offset()))
                .toList());
    }
}
