package dev.belfry.testkit;

import static dev.belfry.testkit.LogProbe.AMPLE;
import static dev.belfry.testkit.LogProbe.append;
import static dev.belfry.testkit.LogProbe.follow;
import static dev.belfry.testkit.LogProbe.get;
import static dev.belfry.testkit.LogProbe.readAll;
import static dev.belfry.testkit.NumberedEvents.notification;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.belfry.BelfryException.LogClosed;
import dev.belfry.Data;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.IdempotencyKey;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.Receipt;
import dev.belfry.Topic;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A publisher's own ids. */
interface AliasContract extends LogUnderTest {
    private static Notification named(String alias) {
        return notification("a", alias, 0).withAlias(alias);
    }

    @Test
    default void anEventIsFoundByItsPublishersId() {
        EventLog log = openLog();
        append(log, notification("a", "p", 0));
        Receipt receipt = append(log, named("one"), notification("a", "p", 1), named("two"));

        assertThat(log.positionOf("one")).contains(receipt.first());
        assertThat(log.positionOf("two")).contains(receipt.last());
        assertThat(log.positionOf("on")).isEmpty();
        assertThat(log.positionOf("one/")).isEmpty();
        assertThat(log.positionOf("")).isEmpty();
        assertThat(follow(log, EventFilter.ALL, log.positionOf("one").orElseThrow(), AMPLE))
                .extracting(Event::alias)
                .containsExactly(null, "two");
    }

    @Test
    default void ofSeveralEventsWithOneIdTheFirstThatIsKeptCounts() {
        EventLog log = openLog(keeping(3));
        List<Position> all = append(log, named("x"), named("x"), named("x")).positions();
        assertThat(log.positionOf("x")).contains(all.get(0));

        append(log, notification("a", "p", 0), notification("a", "p", 1));

        await().untilAsserted(() -> assertThat(log.positionOf("x")).contains(all.get(2)));
        append(log, notification("a", "p", 2));
        await().untilAsserted(() -> assertThat(log.positionOf("x")).isEmpty());
    }

    @Test
    default void anIdGoesWithItsEventsOwnTime() {
        EventLog log = openLog();
        Notification brief =
                new Notification(List.of(new Topic("a")), "e", Data.EMPTY, false, Duration.ofSeconds(1), "x");
        append(log, brief);
        Position stays = append(log, named("x")).first();
        clock().advance(Duration.ofSeconds(1));

        await().untilAsserted(() -> assertThat(log.positionOf("x")).contains(stays));
    }

    @Test
    default void aPublicationThatIsKnownAddsNoId() {
        EventLog log = openLog();
        Publication publication =
                new Publication(List.of(named("x")), IdempotencyKey.of("key", "body".getBytes(UTF_8)));
        Position first = get(log.append(publication)).first();
        get(log.append(publication));

        assertThat(log.positionOf("x")).contains(first);
        assertThat(readAll(log)).hasSize(1);
    }

    @Test
    default void aClosedLogFindsNoId() {
        EventLog log = openLog();
        append(log, named("x"));
        log.close();

        assertThatThrownBy(() -> log.positionOf("x")).isInstanceOf(LogClosed.class);
    }
}
