package dev.belfry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.Event;
import dev.belfry.Notification;
import dev.belfry.Position;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Events that tell who published them and which they are, so that "every one once, in order" can be checked wherever they
 * come out. The data is {@code publisher:number}, numbers from 0.
 */
public final class NumberedEvents {
    private NumberedEvents() {}

    public static Notification notification(String topic, String publisher, int number) {
        return Notification.of(topic, publisher + ':' + number);
    }

    /** The numbers {@code from} (inclusive) to {@code to} (exclusive) of one publisher. */
    public static Notification[] notifications(String topic, String publisher, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(number -> notification(topic, publisher, number))
                .toArray(Notification[]::new);
    }

    /** Checks that the events are 0 to {@code each - 1} of every publisher, each once and each publisher's in order. */
    public static void assertEachOnceInOrder(List<Event> events, int publishers, int each) {
        Map<String, Integer> next = new HashMap<>();
        for (Event event : events) {
            String data = event.data().toString();
            int colon = data.lastIndexOf(':');
            String publisher = data.substring(0, colon);
            assertThat(number(event))
                    .as("number from publisher %s at %s", publisher, event.position())
                    .isEqualTo(next.getOrDefault(publisher, 0));
            next.merge(publisher, 1, Integer::sum);
        }
        assertThat(next).hasSize(publishers);
        assertThat(next.values()).as("events of each publisher").containsOnly(each);
    }

    /** Checks that each event stands behind the one in front of it, in one epoch, and its time is not before. */
    public static void assertInOrder(List<Event> events) {
        for (int i = 1; i < events.size(); i++) {
            Event before = events.get(i - 1);
            Position position = events.get(i).position();
            assertThat(position.offset()).isGreaterThan(before.position().offset());
            assertThat(position.epoch()).isEqualTo(before.position().epoch());
            assertThat(events.get(i).time()).isAfterOrEqualTo(before.time());
        }
    }

    /** The number of an event. */
    public static int number(Event event) {
        String data = event.data().toString();
        return Integer.parseInt(data.substring(data.lastIndexOf(':') + 1));
    }

    public static List<Position> positions(List<Event> events) {
        return events.stream().map(Event::position).toList();
    }
}
