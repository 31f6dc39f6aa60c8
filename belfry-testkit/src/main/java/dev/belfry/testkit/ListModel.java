package dev.belfry.testkit;

import dev.belfry.EventFilter;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Receipt;
import dev.belfry.Topic;
import dev.belfry.TopicSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A log as a plain list, filtered by the rule as design.md words it, with nothing of core's own matching. */
final class ListModel {
    private record Entry(Position position, Notification notification) {}

    private final List<Entry> entries = new ArrayList<>();

    void add(Receipt receipt, Notification... notifications) {
        for (int i = 0; i < notifications.length; i++) {
            entries.add(new Entry(receipt.positions().get(i), notifications[i]));
        }
    }

    int size() {
        return entries.size();
    }

    List<Position> read(EventFilter filter, Position after) {
        return entries.stream()
                .filter(entry -> entry.position.offset() > after.offset())
                .filter(entry -> accepts(filter, entry.notification))
                .map(Entry::position)
                .toList();
    }

    private static boolean accepts(EventFilter filter, Notification notification) {
        return any(filter.selectors(), notification) && (notification.isPublic() || any(filter.grants(), notification));
    }

    private static boolean any(Set<TopicSelector> patterns, Notification notification) {
        return patterns.stream()
                .anyMatch(pattern -> notification.topics().stream().anyMatch(topic -> matches(pattern, topic)));
    }

    private static boolean matches(TopicSelector pattern, Topic topic) {
        return matches(
                List.of(pattern.name().split("/", -1)), List.of(topic.name().split("/", -1)));
    }

    private static boolean matches(List<String> pattern, List<String> topic) {
        if (pattern.isEmpty()) {
            return topic.isEmpty();
        }
        List<String> rest = pattern.subList(1, pattern.size());
        if (pattern.get(0).equals("**")) {
            return matches(rest, topic) || (!topic.isEmpty() && matches(pattern, topic.subList(1, topic.size())));
        }
        return !topic.isEmpty()
                && (pattern.get(0).equals("*") || pattern.get(0).equals(topic.get(0)))
                && matches(rest, topic.subList(1, topic.size()));
    }
}
