package dev.belfry.testkit;

import static dev.belfry.testkit.LogProbe.AMPLE;
import static dev.belfry.testkit.LogProbe.append;
import static dev.belfry.testkit.LogProbe.filter;
import static dev.belfry.testkit.LogProbe.follow;
import static dev.belfry.testkit.LogProbe.patterns;
import static dev.belfry.testkit.NumberedEvents.notification;
import static dev.belfry.testkit.NumberedEvents.notifications;
import static dev.belfry.testkit.NumberedEvents.positions;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.Chunk;
import dev.belfry.Data;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.ReadLimits;
import dev.belfry.Receipt;
import dev.belfry.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** What a read gives, and to whom. */
interface ReadContract extends LogUnderTest {
    @Test
    default void aReadEndsWithTheEventThatReachesTheLimitOfEvents() {
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
    default void aReadEndsWithTheEventThatReachesTheLimitOfBytes() {
        EventLog log = openLog();
        for (int i = 0; i < 10; i++) {
            append(log, LogUnderTest.withData("a", Data.text("\u00E9".repeat(50))));
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
    default void theFirstEventIsReturnedWhateverItsSize() {
        EventLog log = openLog();
        Receipt big = append(log, LogUnderTest.withData("a", Data.text("x".repeat(1 << 20))));
        append(log, notification("a", "p", 0));

        Chunk chunk = log.read(EventFilter.ALL, log.beforeOldest(), new ReadLimits(10, 1));

        assertThat(positions(chunk.events())).containsExactly(big.first());
        assertThat(chunk.next()).isEqualTo(big.first());
        assertThat(chunk.headReached()).isFalse();
    }

    @Test
    default void aReadEndsInFrontOfALargeEventForWhichThereIsNoRoom() {
        EventLog log = openLog();
        append(log, LogUnderTest.withData("other", Data.text("x".repeat(1 << 20))));
        Receipt small = append(log, notification("a", "p", 0));
        append(log, notifications("other", "p", 1, 20));
        Receipt large = append(log, LogUnderTest.withData("a", Data.text("x".repeat(1 << 20))));
        List<Long> asked = new ArrayList<>();
        ReadLimits noRoom = new ReadLimits(10, Integer.MAX_VALUE).in(bytes -> !asked.add(bytes));

        for (String pattern : List.of("a", "a/**")) {
            asked.clear();
            Chunk chunk = log.read(filter(pattern), log.beforeOldest(), noRoom);
            Chunk none = log.read(filter(pattern), chunk.next(), noRoom);

            assertThat(positions(chunk.events())).containsExactly(small.first());
            assertThat(chunk.headReached()).isFalse();
            assertThat(none).isEqualTo(new Chunk(List.of(), chunk.next(), false, null));
            assertThat(asked).hasSize(2).allMatch(bytes -> bytes >= 1 << 20);
            assertThat(positions(log.read(filter(pattern), chunk.next(), AMPLE).events()))
                    .containsExactly(large.first());
        }
    }

    @Test
    default void readingFromTheHeadGivesNothingAndSaysSo() {
        EventLog log = openLog();
        append(log, notifications("a", "p", 0, 3));

        assertThat(log.read(EventFilter.ALL, log.head(), AMPLE))
                .isEqualTo(new Chunk(List.of(), log.head(), true, null));
    }

    @Test
    default void aReadOfNothingThatIsWantedStillGetsOn() {
        EventLog log = openLog();
        append(log, notifications("other", "p", 0, 5));

        assertThat(log.read(filter("wanted"), log.beforeOldest(), new ReadLimits(1, 1)))
                .isEqualTo(new Chunk(List.of(), log.head(), true, null));
    }

    @Test
    default void aReadEndsWithTheEventThatReachesTheLimitOfWhatIsLookedAt() {
        EventLog log = openLog();
        Receipt others = append(log, notifications("other", "p", 0, 40));
        Receipt wanted = append(log, notification("wanted", "p", 0));
        ReadLimits ten = new ReadLimits(100, Integer.MAX_VALUE, 10, Long.MAX_VALUE);

        Chunk first = log.read(filter("**/wanted"), log.beforeOldest(), ten);
        Chunk last = log.read(filter("**/wanted"), others.positions().get(31), ten);

        assertThat(first).isEqualTo(new Chunk(List.of(), others.positions().get(9), false, null));
        assertThat(positions(last.events())).containsExactly(wanted.first());
        assertThat(last.headReached()).isTrue();
        assertThat(positions(follow(log, filter("**/wanted"), log.beforeOldest(), ten)))
                .containsExactly(wanted.first());
    }

    @Test
    default void aReadWithoutAnyTimeGetsOnAllTheSame() {
        EventLog log = openLog();
        for (int i = 0; i < 20; i++) {
            append(log, notifications("other", "p" + i, 0, 3));
            append(log, notification("wanted", "p", i));
        }
        ReadLimits none = new ReadLimits(100, Integer.MAX_VALUE, 10_000, 0);

        for (String pattern : List.of("**/wanted", "wanted", "wanted/**", "other")) {
            assertThat(log.read(filter(pattern), log.beforeOldest(), none).headReached())
                    .isFalse();
            assertThat(positions(follow(log, filter(pattern), log.beforeOldest(), none)))
                    .isEqualTo(positions(follow(log, filter(pattern), log.beforeOldest(), AMPLE)));
        }
    }

    @Test
    default void oneWantedEventIsFoundBehindManyOthers() {
        EventLog log = openLog();
        for (int i = 0; i < 25; i++) {
            append(log, notifications("other", "p" + i, 0, 1_000));
        }
        Receipt receipt = append(log, notification("wanted", "p", 0));

        assertThat(positions(follow(log, filter("wanted"), log.beforeOldest(), new ReadLimits(1, 1))))
                .containsExactly(receipt.first());
    }

    @Test
    default void topicsAreFilteredByNameAndByPattern() {
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
    default void anEventWithSeveralTopicsComesOnce() {
        EventLog log = openLog();
        List<Topic> topics = List.of(new Topic("a/1"), new Topic("b"), new Topic("a/2"));
        append(log, new Notification(topics, "e", Data.text("x"), false, null));

        assertThat(topicsRead(log, "a/*", "b", "**")).hasSize(1);
        assertThat(topicsRead(log, "a/*", "b")).hasSize(1);
        assertThat(topicsRead(log, "a/2")).hasSize(1);
        assertThat(topicsRead(log, "b")).hasSize(1);
    }

    @Test
    default void privateEventsAreReadWithAGrantOnly() {
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
    default void aGrantForAnotherTopicOfTheEventIsAGrant() {
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
    default void whatIsReadIsWhatAPlainListWouldGive(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        EventLog log = openLog();
        ListModel model = new ListModel();
        while (model.size() < 300) {
            Notification[] batch = RandomLogs.batch(random);
            model.add(append(log, batch), batch);
        }

        for (int i = 0; i < 40; i++) {
            EventFilter filter = RandomLogs.filter(random);
            ReadLimits limits = limits(random);
            Position after =
                    new Position(log.epoch(), random.nextLong(log.head().offset() + 1));
            assertThat(positions(follow(log, filter, after, limits)))
                    .as("%s after %s", filter, after)
                    .isEqualTo(model.read(filter, after));
        }
    }

    private static ReadLimits limits(Random random) {
        return new ReadLimits(
                1 + random.nextInt(20),
                1 + random.nextInt(500),
                1 + random.nextInt(50),
                random.nextBoolean() ? Long.MAX_VALUE : random.nextInt(10_000));
    }
}
