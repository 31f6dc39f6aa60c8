package dev.belfry.testkit;

import static dev.belfry.testkit.LogProbe.AMPLE;
import static dev.belfry.testkit.LogProbe.append;
import static dev.belfry.testkit.NumberedEvents.notification;
import static dev.belfry.testkit.NumberedEvents.notifications;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.belfry.BelfryException.LogClosed;
import dev.belfry.Data;
import dev.belfry.EventLog;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.ReadLimits;
import dev.belfry.Topic;
import dev.belfry.TopicPage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which topics have events. */
interface TopicContract extends LogUnderTest {
    private static List<TopicPage.Entry> all(EventLog log, String prefix, ReadLimits limits) {
        List<TopicPage.Entry> found = new ArrayList<>();
        Position before = log.head().plus(1);
        TopicPage page = log.topics(prefix, before, limits);
        found.addAll(page.topics());
        while (!page.isLast()) {
            assertThat(page.next().offset()).isLessThan(before.offset());
            before = page.next();
            page = log.topics(prefix, before, limits);
            found.addAll(page.topics());
        }
        return found;
    }

    private static List<String> names(EventLog log, String prefix, ReadLimits limits) {
        return all(log, prefix, limits).stream()
                .map(entry -> entry.topic().name())
                .toList();
    }

    @Test
    default void topicsAreListedByTheirNewestEventAndEachOnce() {
        EventLog log = openLog();
        append(log, notification("a", "p", 0), notification("b", "p", 0), notification("c", "p", 0));
        clock().advance(Duration.ofSeconds(1));
        Position a = append(log, notification("a", "p", 1)).first();
        Position ac = append(
                        log, new Notification(List.of(new Topic("a/c"), new Topic("b")), "e", Data.EMPTY, false, null))
                .first();

        List<TopicPage.Entry> entries = all(log, "", AMPLE);
        assertThat(entries).extracting(entry -> entry.topic().name()).containsExactlyInAnyOrder("a/c", "b", "a", "c");
        assertThat(entries).extracting(TopicPage.Entry::newest).startsWith(ac, ac, a);
        assertThat(entries.get(3).topic()).isEqualTo(new Topic("c"));
        assertThat(entries.get(2).time()).isEqualTo(entries.get(3).time().plusSeconds(1));
        assertThat(names(log, "a", AMPLE)).containsExactly("a/c", "a");
        assertThat(names(log, "d", AMPLE)).isEmpty();
    }

    @Test
    default void aListingGoesOnFromWhereItEnded() {
        EventLog log = openLog();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            append(log, notification("t/" + i, "p", i));
            append(log, notifications("loud", "p", 20 * i, 20 * i + 20));
            expected.add(0, "t/" + i);
        }
        expected.add(0, "loud");
        assertThat(names(log, "", new ReadLimits(1, 1))).isEqualTo(expected);
        assertThat(names(log, "", new ReadLimits(7, 1))).isEqualTo(expected);
        assertThat(names(log, "", new ReadLimits(7, 1, 5, Long.MAX_VALUE))).isEqualTo(expected);
        assertThat(names(log, "", new ReadLimits(7, 1, 1000, 0))).isEqualTo(expected);
        assertThat(names(log, "t/2", new ReadLimits(3, 1, 50, Long.MAX_VALUE)))
                .containsExactly("t/29", "t/28", "t/27", "t/26", "t/25", "t/24", "t/23", "t/22", "t/21", "t/20", "t/2");
    }

    @Test
    default void aTopicWithoutKeptEventsIsNotListed() {
        EventLog log = openLog(keeping(2));
        append(log, notification("old", "p", 0));
        append(log, RetentionContract.mortals("brief", Duration.ofSeconds(1), 1));
        append(log, notification("a", "p", 0), notification("b", "p", 0));
        clock().advance(Duration.ofSeconds(1));

        await().untilAsserted(() -> assertThat(names(log, "", AMPLE)).containsExactly("b", "a"));
        assertThat(log.newestOf(new Topic("old"))).isEmpty();
    }

    @Test
    default void theNewestEventOfATopicIsFound() {
        EventLog log = openLog();
        append(log, notifications("a", "p", 0, 5));
        Position last = append(log, notification("a", "p", 5)).first();
        append(log, notification("a/b", "p", 0), notification("b", "p", 0));

        assertThat(log.newestOf(new Topic("a"))).contains(last);
        assertThat(log.newestOf(new Topic("a/"))).isEmpty();
    }

    @Test
    default void anEmptyLogHasNoTopics() {
        EventLog log = openLog();
        assertThat(names(log, "", AMPLE)).isEmpty();
        assertThat(log.topics("", log.head().plus(1), AMPLE).isLast()).isTrue();
    }

    @Test
    default void aClosedLogListsNoTopics() {
        EventLog log = openLog();
        log.close();
        assertThatThrownBy(() -> log.topics("", new Position(1, 1), AMPLE)).isInstanceOf(LogClosed.class);
        assertThatThrownBy(() -> log.newestOf(new Topic("a"))).isInstanceOf(LogClosed.class);
    }
}
