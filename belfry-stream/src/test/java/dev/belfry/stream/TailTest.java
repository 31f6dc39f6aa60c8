package dev.belfry.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.Event;
import dev.belfry.Notification;
import dev.belfry.Position;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Offsets with holes: 10, 20, 30 … */
class TailTest {
    private static final long EPOCH = 35;
    private final Tail tail = new Tail(true, at(5));

    private static Position at(long offset) {
        return new Position(EPOCH, offset);
    }

    private static Event event(long epoch, long offset, int size) {
        return new Event(new Position(epoch, offset), Instant.EPOCH, Notification.of("a", "x".repeat(size)));
    }

    private void add(long... offsets) {
        for (long offset : offsets) {
            tail.add(event(EPOCH, offset, 1));
        }
    }

    private List<Long> after(long offset) {
        List<Event> events = tail.after(at(offset));
        return events == null
                ? List.of(-1L)
                : events.stream().map(event -> event.position().offset()).toList();
    }

    @Test
    void itBeginsBehindThePlaceWhereItStartedHoweverFarTheFirstEventIs() {
        add(10, 20, 30);
        assertThat(after(5)).containsExactly(10L, 20L, 30L);
        // the log may have events between 4 and 5 that never came by here
        assertThat(after(4)).containsExactly(-1L);
    }

    @Test
    void aPlaceWithinAHoleLeadsToTheNextEvent() {
        add(10, 20, 30);
        assertThat(after(6)).containsExactly(10L, 20L, 30L);
        assertThat(after(10)).containsExactly(20L, 30L);
        assertThat(after(29)).containsExactly(30L);
        assertThat(after(30)).isEmpty();
        assertThat(after(31)).containsExactly(-1L);
    }

    @Test
    void whatIsDroppedAtTheFrontIsReadFromTheLog() {
        for (int i = 1; i <= 1030; i++) {
            add(i * 10L);
        }
        assertThat(after(60)).hasSize(1024).startsWith(70L);
        assertThat(after(59)).containsExactly(-1L);
    }

    @Test
    void itHoldsAboutAMebibyte() {
        for (int i = 1; i <= 100; i++) {
            tail.add(event(EPOCH, i * 10L, 100_000));
        }
        assertThat(after(900)).hasSize(10);
        assertThat(after(899)).containsExactly(-1L);
    }

    @Test
    void anotherEpochIsAnotherTail() {
        add(10, 20);
        tail.add(event(36, 30, 1));
        assertThat(tail.dispatched()).isEqualTo(new Position(36, 30));
        assertThat(after(10)).containsExactly(-1L);
        // the end of the epoch before
        assertThat(after(20)).containsExactly(30L);
        // never a place of that epoch
        assertThat(after(25)).containsExactly(-1L);
        assertThat(tail.after(new Position(36, 30))).isEmpty();
        assertThat(tail.after(new Position(36, 20))).isNull();
    }

    @Test
    void offsetsThatAreGivenAnewAreNoticed() {
        add(10, 20);
        assertThat(tail.isOverwritten(List.of(event(EPOCH, 20, 1)))).isFalse();
        assertThat(tail.isOverwritten(List.of(event(36, 30, 1)))).isFalse();
        assertThat(tail.isOverwritten(List.of(event(EPOCH, 30, 1), event(36, 20, 1))))
                .isTrue();
    }

    @Test
    void withoutKeepingItKnowsThePositionOnly() {
        Tail without = new Tail(false, at(5));
        without.add(event(EPOCH, 10, 1));
        assertThat(without.dispatched()).isEqualTo(at(10));
        assertThat(without.after(at(5))).isNull();
        assertThat(without.isEmpty()).isTrue();
    }
}
