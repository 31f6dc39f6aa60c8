package dev.belfry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SegmentAutomatonTest {
    private static SegmentAutomaton automaton(List<TopicPattern> patterns) {
        return new SegmentAutomaton(
                patterns.stream().map(PatternForm::of).distinct().toList());
    }

    private static boolean matches(SegmentAutomaton automaton, String topic) {
        return automaton.matches(topic.split("/", -1));
    }

    @Test
    void matchesWhatOneOfItsPatternsMatches() {
        RandomNames names = new RandomNames(21);
        int matches = 0;
        for (int i = 0; i < 3_000; i++) {
            List<TopicPattern> patterns = Stream.generate(names::pattern)
                    .filter(pattern -> !pattern.isExact())
                    .limit(1L + names.random().nextInt(40))
                    .toList();
            SegmentAutomaton automaton = automaton(patterns);
            for (int j = 0; j < 10; j++) {
                Topic topic = names.topic();
                boolean expected = patterns.stream().anyMatch(p -> RandomNames.naiveMatch(p, topic));
                assertThat(matches(automaton, topic.name()))
                        .as("%s of %s", topic, patterns)
                        .isEqualTo(expected);
                matches += expected ? 1 : 0;
            }
        }
        assertThat(matches).isBetween(3_000, 27_000);
    }

    /** Long ones, whose places begin and end anywhere in the words. */
    @Test
    void matchesAcrossTheEdgesOfItsWords() {
        Random random = new Random(22);
        int matches = 0;
        for (int i = 0; i < 2_000; i++) {
            List<TopicPattern> patterns = IntStream.range(0, 1 + random.nextInt(6))
                    .mapToObj(n -> TopicPattern.of(path(random, "*", "a", "b", "**", "b", "a") + "/*"))
                    .toList();
            SegmentAutomaton automaton = automaton(patterns);
            for (int j = 0; j < 10; j++) {
                // some that are likely to match: a pattern with its wildcards filled in
                String like = patterns.get(0).name().replace("**", "b/b").replace("*", "a");
                Topic topic = new Topic(random.nextBoolean() && segments(like) <= 64 ? like : path(random, "a", "b"));
                boolean expected = patterns.stream().anyMatch(p -> p.matches(topic));
                assertThat(matches(automaton, topic.name()))
                        .as("%s of %s", topic, patterns)
                        .isEqualTo(expected);
                matches += expected ? 1 : 0;
            }
        }
        assertThat(matches).isBetween(2_000, 18_000);
    }

    private static int segments(String path) {
        return path.split("/", -1).length;
    }

    private static String path(Random random, String... segments) {
        return IntStream.range(0, 1 + random.nextInt(60))
                .mapToObj(i -> segments[random.nextInt(segments.length)])
                .collect(Collectors.joining("/"));
    }

    @Test
    void aWordHasRoomForThePlacesOfSomePatterns() {
        List<TopicPattern> patterns = IntStream.range(0, 16)
                .mapToObj(i -> TopicPattern.of("a/" + i + "/*"))
                .toList();
        assertThat(automaton(patterns).words()).isEqualTo(1);
        assertThat(automaton(List.of(TopicPattern.of("a/".repeat(63) + "*"))).words())
                .isEqualTo(2);
    }
}
