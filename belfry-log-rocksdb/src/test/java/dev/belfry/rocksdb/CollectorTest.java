package dev.belfry.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.Data;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Topic;
import dev.belfry.TopicPattern;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CollectorTest {
    private final List<Event> events = Stream.of("a", "$s/a", "b")
            .map(topic -> new Notification(List.of(new Topic(topic)), "e", Data.text(topic), true, null))
            .map(notification -> new Event(new Position(1, 1), Instant.EPOCH, notification))
            .toList();

    @Test
    void aReaderOfEverythingDoesNotGetTheServersOwnTopics() {
        assertThat(collected(EventFilter.ALL)).containsExactly(events.get(0), events.get(2));
    }

    @Test
    void aReaderThatNamesTheirFirstSegmentGetsThem() {
        EventFilter filter = new EventFilter(Set.of(TopicPattern.ALL, TopicPattern.of("$s/**")), Set.of());

        assertThat(collected(filter)).isEqualTo(events);
    }

    private List<Event> collected(EventFilter filter) {
        Collector collector = new Collector(filter, Logs.LIMITS, Instant.EPOCH, false);
        events.forEach(collector::look);
        return collector.events();
    }
}
