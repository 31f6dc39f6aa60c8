package dev.belfry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommitInboxTest {
    private final CommitInbox inbox = new CommitInbox();

    private static Event event(int size) {
        return new Event(new Position(35, 1), Instant.EPOCH, Notification.of("a", "x".repeat(size)));
    }

    @Test
    void eventsAreTakenOnceAndInOrder() {
        Event one = event(1);
        Event two = event(2);
        inbox.add(List.of(one));
        inbox.add(List.of(two));
        assertThat(inbox.isEmpty()).isFalse();
        assertThat(inbox.take()).containsExactly(one, two);
        assertThat(inbox.isEmpty()).isTrue();
        assertThat(inbox.take()).isEmpty();
    }

    @Test
    void tooManyEventsOrBytesOverflowUntilTheyAreTaken() {
        inbox.add(Collections.nCopies(40_000, event(1)));
        assertThat(inbox.isEmpty()).isFalse();
        assertThat(inbox.take()).isNull();
        inbox.add(Collections.nCopies(9, event(1 << 20)));
        inbox.add(List.of(event(1)));
        assertThat(inbox.take()).isNull();
        inbox.add(List.of(event(1)));
        assertThat(inbox.take()).hasSize(1);
    }

    @Test
    void aBatchThatCannotBeAddedIsAnOverflowAndNotForgotten() {
        List<Event> broken = Arrays.asList(event(1), null);
        assertThatThrownBy(() -> inbox.add(broken)).isInstanceOf(NullPointerException.class);
        assertThat(inbox.isEmpty()).isFalse();
        assertThat(inbox.take()).isNull();
    }
}
