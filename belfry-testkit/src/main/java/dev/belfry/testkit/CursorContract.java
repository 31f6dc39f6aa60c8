package dev.belfry.testkit;

import static dev.belfry.testkit.LogProbe.AMPLE;
import static dev.belfry.testkit.LogProbe.append;
import static dev.belfry.testkit.LogProbe.filter;
import static dev.belfry.testkit.LogProbe.follow;
import static dev.belfry.testkit.LogProbe.readAll;
import static dev.belfry.testkit.NumberedEvents.notification;
import static dev.belfry.testkit.NumberedEvents.notifications;
import static dev.belfry.testkit.NumberedEvents.positions;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.Chunk;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.Gap;
import dev.belfry.Position;
import dev.belfry.ReadLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Cursors that cannot be resumed from, and times. */
interface CursorContract extends LogUnderTest {
    @Test
    default void anUnknownEpochIsAGapAndTheOldestEvents() {
        EventLog log = openLog();
        append(log, notifications("a", "p", 0, 5));
        Position unknown = new Position(log.epoch() + 1, 3);

        assertGap(log, unknown, Gap.Reason.UNKNOWN_EPOCH);
    }

    @Test
    default void aPlaceBeyondTheEndIsAGapAndTheOldestEvents() {
        EventLog log = openLog();
        append(log, notifications("a", "p", 0, 5));

        assertGap(log, log.head().plus(1), Gap.Reason.BEYOND_END);
        assertGap(log, new Position(log.epoch(), Long.MAX_VALUE), Gap.Reason.BEYOND_END);
    }

    @Test
    default void aTrimmedPlaceIsAGapAndTheOldestEvents() {
        EventLog log = openLog(keeping(5));
        Position start = log.head();
        List<Position> all = append(log, notifications("a", "p", 0, 20)).positions();
        LogUnderTest.awaitFirstKept(log, all.get(15));

        assertGap(log, start, Gap.Reason.TRIMMED);
        assertGap(log, all.get(13), Gap.Reason.TRIMMED);
        assertThat(follow(log, EventFilter.ALL, all.get(14), AMPLE)).hasSize(5);
    }

    @Test
    default void inAnEmptyLogABadCursorIsAGapToo() {
        EventLog log = openLog();

        assertGap(log, new Position(log.epoch(), 1), Gap.Reason.BEYOND_END);
        assertGap(log, new Position(log.epoch() + 1, 0), Gap.Reason.UNKNOWN_EPOCH);
    }

    @Test
    default void aGapIsSaidThoughNothingIsWanted() {
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

    @Test
    default void aTimeIsThePlaceBehindTheLastEventThatIsNotLater() {
        EventLog log = openLog();
        Instant first = clock().instant();
        Position second = append(log, notifications("a", "p", 0, 2)).last();
        clock().advance(Duration.ofSeconds(10));
        Position third = append(log, notification("a", "p", 2)).first();
        clock().advance(Duration.ofSeconds(10));
        append(log, notification("a", "p", 3));

        assertThat(log.positionAt(first.minusMillis(1))).isEqualTo(log.beforeOldest());
        assertThat(log.positionAt(first)).isEqualTo(second);
        assertThat(log.positionAt(first.plusMillis(9_999))).isEqualTo(second);
        assertThat(log.positionAt(first.plusMillis(10_000))).isEqualTo(third);
        assertThat(log.positionAt(first.plusMillis(20_000))).isEqualTo(log.head());
        assertThat(log.positionAt(first.plusSeconds(3_600))).isEqualTo(log.head());
    }

    @Test
    default void theFirstAndTheLastOfAllTimesAreTheEndsOfTheLog() {
        EventLog log = openLog();
        assertThat(log.positionAt(Instant.MIN)).isEqualTo(log.head());
        assertThat(log.positionAt(Instant.MAX)).isEqualTo(log.head());
        append(log, notifications("a", "p", 0, 3));

        assertThat(log.positionAt(Instant.MIN)).isEqualTo(log.beforeOldest());
        assertThat(log.positionAt(Instant.MAX)).isEqualTo(log.head());
    }

    @Test
    default void aTimeBeforeWhatIsKeptIsThePlaceBeforeTheOldest() {
        EventLog log = openLog(keeping(3));
        List<Position> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(append(log, notification("a", "p", i)).first());
            clock().advance(Duration.ofSeconds(1));
        }
        LogUnderTest.awaitFirstKept(log, all.get(7));

        assertThat(log.positionAt(clock().instant().minusSeconds(9))).isEqualTo(log.beforeOldest());
        assertThat(log.positionAt(clock().instant().minusSeconds(2))).isEqualTo(all.get(8));
    }

    @Test
    default void theEarliestIsTheOldestEventAndNeverAGap() {
        EventLog log = openLog(keeping(5));
        assertThat(log.read(EventFilter.ALL, Position.EARLIEST, AMPLE))
                .isEqualTo(new Chunk(List.of(), log.head(), true, null));
        List<Position> all = append(log, notifications("a", "p", 0, 20)).positions();
        LogUnderTest.awaitFirstKept(log, all.get(15));

        Chunk chunk = log.read(EventFilter.ALL, Position.EARLIEST, AMPLE);

        assertThat(chunk.gap()).isNull();
        assertThat(positions(chunk.events())).isEqualTo(all.subList(15, 20));
    }

    @Test
    default void aPlaceBetweenTwoEventsIsACursor() {
        EventLog log = openLog();
        List<Position> all = append(log, notifications("a", "p", 0, 50)).positions();

        for (long offset = 0; offset <= log.head().offset(); offset++) {
            long after = offset;
            assertThat(positions(follow(log, EventFilter.ALL, new Position(log.epoch(), offset), AMPLE)))
                    .isEqualTo(all.stream().filter(p -> p.offset() > after).toList());
        }
    }
}
