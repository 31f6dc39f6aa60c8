package dev.belfry.testkit;

import static dev.belfry.testkit.LogProbe.AMPLE;
import static dev.belfry.testkit.LogProbe.append;
import static dev.belfry.testkit.LogProbe.follow;
import static dev.belfry.testkit.LogProbe.readAll;
import static dev.belfry.testkit.NumberedEvents.notification;
import static dev.belfry.testkit.NumberedEvents.notifications;
import static dev.belfry.testkit.NumberedEvents.positions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.Chunk;
import dev.belfry.Data;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Receipt;
import dev.belfry.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is kept, and for how long. */
interface RetentionContract extends LogUnderTest {
    @Test
    default void theOldestGoWhenThereAreTooMany() {
        EventLog log = openLog(keeping(10));
        List<Position> all = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            all.add(append(log, notification("a", "p", i)).first());
        }

        LogUnderTest.awaitFirstKept(log, all.get(15));
        assertThat(positions(readAll(log))).isEqualTo(all.subList(15, 25));
    }

    @Test
    default void whatHasGoneBecauseOfItsOwnTimeIsNotAmongThoseThatAreTooMany() {
        EventLog log = openLog(keeping(10));
        append(log, mortals("m", Duration.ofSeconds(1), 5));
        Position first = append(log, notifications("a", "p", 0, 8)).first();
        append(log, mortals("m", Duration.ofSeconds(1), 2));
        clock().advance(Duration.ofSeconds(1));
        LogUnderTest.awaitKeptEvents(log, 8);

        append(log, notifications("a", "p", 8, 10));

        LogUnderTest.awaitKeptEvents(log, 10);
        assertThat(positions(readAll(log))).startsWith(first).hasSize(10);
    }

    @Test
    default void theOldestGoWhenTheyTakeTooManyBytes() {
        EventLog log = openLog(settings(EVERYTHING.age(), 40 << 10, EVERYTHING.events()));
        String kibibyte = "x".repeat(1 << 10);
        for (int i = 0; i < 200; i++) {
            append(log, Notification.of("a", kibibyte));
        }

        await().untilAsserted(() -> assertThat(readAll(log)).hasSizeBetween(5, 40));
        assertThat(positions(readAll(log))).endsWith(log.head());
        assertThat(log.status().keptBytes()).isBetween(5L << 10, 40L << 10);
    }

    @Test
    default void theOldestGoWhenTheyAreTooOld() {
        EventLog log = openLog(keeping(Duration.ofHours(1)));
        append(log, notifications("a", "p", 0, 3));
        clock().advance(Duration.ofMinutes(30));
        Receipt younger = append(log, notifications("a", "p", 3, 5));
        clock().advance(Duration.ofMinutes(30));

        LogUnderTest.awaitFirstKept(log, younger.first());
        assertThat(readAll(log)).hasSize(2);
    }

    @Test
    default void theHeadStaysWhenAllHasGone() {
        EventLog log = openLog(keeping(Duration.ofHours(1)));
        Receipt receipt = append(log, notifications("a", "p", 0, 3));
        clock().advance(Duration.ofHours(1));

        LogUnderTest.awaitNoneKept(log);
        assertThat(log.head()).isEqualTo(receipt.last());
        assertThat(log.oldest().offset()).isEqualTo(receipt.last().offset() + 1);
        assertThat(log.status().keptEvents()).isZero();
        assertThat(log.status().keptBytes()).isZero();
        assertThat(append(log, notification("a", "p", 3)).first().offset())
                .isGreaterThan(receipt.last().offset());
        assertThat(readAll(log)).hasSize(1);
    }

    @Test
    default void whatIsKeptForEverHasNoLimitThatOverflows() {
        EventLog log = openLog(settings(EVERYTHING.age(), Long.MAX_VALUE, 3));
        Receipt receipt = append(log, notifications("a", "p", 0, 5));

        LogUnderTest.awaitFirstKept(log, receipt.positions().get(2));
    }

    @Test
    default void anEventIsNotDeliveredWhenItsOwnTimeIsOver() {
        EventLog log = openLog();
        append(log, mortal("short", Duration.ofSeconds(10)));
        append(log, notification("a", "immortal", 0));
        append(log, mortal("long", Duration.ofMinutes(10)));

        clock().advance(Duration.ofMillis(9_999));
        assertThat(texts(log)).containsExactly("short", "immortal:0", "long");
        clock().advance(Duration.ofMillis(1));
        assertThat(texts(log)).containsExactly("immortal:0", "long");
        clock().advance(Duration.ofMinutes(10));
        assertThat(texts(log)).containsExactly("immortal:0");
    }

    @Test
    default void anEventWhoseOwnTimeIsOverLeavesNoGap() {
        EventLog log = openLog();
        Position start = log.head();
        Position middle =
                append(log, mortals("m", Duration.ofSeconds(10), 3)).positions().get(1);
        clock().advance(Duration.ofSeconds(10));
        LogUnderTest.awaitKeptEvents(log, 0);

        Chunk nothing = new Chunk(List.of(), log.head(), true, null);
        assertThat(log.read(EventFilter.ALL, start, AMPLE)).isEqualTo(nothing);
        assertThat(log.read(EventFilter.ALL, middle, AMPLE)).isEqualTo(nothing);
        append(log, notification("a", "p", 0));
        assertThat(follow(log, EventFilter.ALL, middle, AMPLE)).hasSize(1);
    }

    @Test
    default void aClockThatIsSetAheadMakesNothingOlder() {
        EventLog log = openLog(keeping(Duration.ofDays(7)));
        append(log, notifications("a", "p", 0, 3));
        Position behind = append(log, mortal("mortal", Duration.ofDays(1))).first();
        clock().set(clock().instant().plus(Duration.ofDays(10)));
        Position after = append(log, notification("a", "p", 3)).first();

        await().during(Duration.ofMillis(700)).until(() -> log.status().keptEvents() == 5);
        assertThat(texts(log)).containsExactly("p:0", "p:1", "p:2", "p:3");
        clock().set(clock().instant().minus(Duration.ofDays(10)));
        assertThat(texts(log)).containsExactly("p:0", "p:1", "p:2", "mortal", "p:3");
        assertThat(log.oldest().offset()).isLessThanOrEqualTo(behind.offset());

        clock().advance(Duration.ofDays(7));
        LogUnderTest.awaitFirstKept(log, after);
    }

    @Test
    default void whatIsWrittenBehindAJumpOfTheClockHasItsOwnAge() {
        EventLog log = openLog(keeping(Duration.ofDays(7)));
        append(log, notifications("a", "p", 0, 3));
        clock().set(clock().instant().plus(Duration.ofDays(10)));
        append(log, notification("a", "p", 3));
        await().during(Duration.ofMillis(700)).until(() -> log.status().keptEvents() == 4);
        clock().advance(Duration.ofDays(4));
        Position last = append(log, notification("a", "p", 4)).first();

        clock().advance(Duration.ofDays(3));

        LogUnderTest.awaitFirstKept(log, last);
    }

    @Test
    default void aClockThatIsSetBackKeepsWhatThereIs() {
        EventLog log = openLog(keeping(Duration.ofDays(7)));
        append(log, notifications("a", "p", 0, 3));
        clock().set(clock().instant().minus(Duration.ofDays(10)));
        append(log, notification("a", "p", 3));
        clock().advance(Duration.ofDays(6));

        await().during(Duration.ofMillis(700)).until(() -> log.status().keptEvents() == 4);
        clock().advance(Duration.ofDays(11));
        LogUnderTest.awaitNoneKept(log);
    }

    @Test
    default void whatIsTooMuchGoesAsFastAsItComes() {
        long kept = 1 << 20;
        EventLog log = openLog(settings(EVERYTHING.age(), kept, EVERYTHING.events()));
        String text = "x".repeat(100);
        long most = 0;
        for (int i = 0; i < 100; i++) {
            int topic = i % 10;
            append(
                    log,
                    IntStream.range(0, 1_000)
                            .mapToObj(n -> Notification.of("topic/" + topic + "/" + n % 5, text))
                            .toArray(Notification[]::new));
            most = Math.max(most, log.status().keptBytes());
        }

        assertThat(most).isLessThan(12 * kept);
        await().until(() -> log.status().keptBytes() <= kept);
    }

    @Test
    default void whatIsOverGoesAsFastAsItComes() {
        EventLog log = openLog();
        for (int i = 0; i < 30; i++) {
            append(log, mortals("m", Duration.ofSeconds(1), 1_000));
        }
        clock().advance(Duration.ofSeconds(1));

        await().atMost(Duration.ofSeconds(4)).until(() -> log.status().keptEvents() == 0);
    }

    private static List<String> texts(EventLog log) {
        return readAll(log).stream().map(event -> event.data().toString()).toList();
    }

    private static Notification mortal(String text, Duration ttl) {
        return new Notification(List.of(new Topic("a")), "e", Data.text(text), false, ttl);
    }

    static Notification[] mortals(String text, Duration ttl, int count) {
        return IntStream.range(0, count).mapToObj(i -> mortal(text, ttl)).toArray(Notification[]::new);
    }
}
