package dev.belfry.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.Data;
import dev.belfry.Event;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventCodecTest {
    private final EventCodec codec = new EventCodec();

    /** From 11 on the length of the topics is beyond what a signed short holds. */
    @ParameterizedTest
    @ValueSource(ints = {1, 10, 11, 16})
    void theLongestTopicsComeBackAsTheyWere(int count) {
        List<Topic> topics = IntStream.range(0, count)
                .mapToObj(i -> new Topic("\uFFE6".repeat(1023) + (char) ('a' + i)))
                .toList();

        assertComesBack(new Notification(topics, "\uFFE6".repeat(128), Data.text("x"), true, Duration.ofDays(1)));
    }

    @Test
    void topicsWithEmptySegmentsComeBackAsTheyWere() {
        List<Topic> topics = List.of(new Topic("/"), new Topic("a/"), new Topic("/a"), new Topic("a//**b"));

        assertComesBack(new Notification(topics, "e", Data.text("x"), false, null));
    }

    private void assertComesBack(Notification notification) {
        Event event = new Event(new Position(1, 2), Instant.EPOCH, notification);
        byte[] stored = EventCodec.encode(event, 3);

        for (int i = 0; i < 2; i++) { // the second time from what it keeps
            assertThat(codec.decode(event.position(), stored, stored.length)).isEqualTo(event);
        }
    }
}
