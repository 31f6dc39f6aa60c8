package dev.belfry.testkit;

import dev.belfry.Data;
import dev.belfry.EventFilter;
import dev.belfry.Notification;
import dev.belfry.Topic;
import dev.belfry.TopicPattern;
import dev.belfry.TopicSelector;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Batches and filters from so few topics that they often meet. */
final class RandomLogs {
    private static final List<String> TOPICS = List.of("a", "b", "a/b", "a/c", "b/c", "a/b/c", "a/b/c/d", "x");
    private static final List<String> PATTERNS =
            List.of("**", "*", "a", "b", "a/*", "a/**", "**/c", "*/b", "a/**/c", "*/*/*", "x", "b/**", "nothing/**");

    private RandomLogs() {}

    static Notification[] batch(Random random) {
        return Stream.generate(() -> notification(random))
                .limit(1L + random.nextInt(10))
                .toArray(Notification[]::new);
    }

    private static Notification notification(Random random) {
        List<Topic> topics = Stream.generate(() -> new Topic(oneOf(TOPICS, random)))
                .limit(1L + random.nextInt(3))
                .toList();
        Data data = Data.text("x".repeat(random.nextInt(100)));
        return new Notification(topics, "e" + random.nextInt(3), data, random.nextBoolean(), null);
    }

    static EventFilter filter(Random random) {
        return new EventFilter(patterns(random, 1), patterns(random, 0));
    }

    private static Set<TopicSelector> patterns(Random random, int atLeast) {
        return Stream.generate(() -> TopicPattern.of(oneOf(PATTERNS, random)))
                .limit(atLeast + random.nextInt(3))
                .collect(Collectors.toSet());
    }

    private static String oneOf(List<String> values, Random random) {
        return values.get(random.nextInt(values.size()));
    }
}
