package dev.belfry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.junit.jupiter.api.Test;

class PatternIndexTest {
    private record Entry(TopicPattern pattern, int value) {}

    private final PatternIndex<Object> index = new PatternIndex<>();

    @Property
    @Domain(Patterns.class)
    @Domain(DomainContext.Global.class)
    void findsWhatStandsUnderAMatchingPatternAfterAnyAddsAndRemoves(
            @ForAll @Size(max = 30) List<TopicPattern> patterns,
            @ForAll @Size(min = 1, max = 8) List<Topic> topics,
            @ForAll @IntRange(min = 1, max = 4) int values,
            @ForAll long seed) {
        Random random = new Random(seed);
        PatternIndex<Integer> index = new PatternIndex<>();
        Set<Entry> entries = new HashSet<>();
        for (int i = 0; i < 2 * patterns.size(); i++) {
            TopicPattern pattern = patterns.get(random.nextInt(patterns.size()));
            int value = random.nextInt(values);
            if (random.nextInt(3) > 0) {
                index.add(pattern, value);
                entries.add(new Entry(pattern, value));
            } else {
                index.remove(pattern, value);
                entries.remove(new Entry(pattern, value));
            }
            assertThat(index.isEmpty()).isEqualTo(entries.isEmpty());
            topics.forEach(topic -> assertMatch(index, entries, topic));
        }

        List<Entry> rest = new ArrayList<>(entries);
        Collections.shuffle(rest, random);
        rest.forEach(entry -> index.remove(entry.pattern, entry.value));
        assertThat(index.isEmpty()).isTrue();
        topics.forEach(topic -> assertMatch(index, Set.of(), topic));
    }

    private static void assertMatch(PatternIndex<Integer> index, Set<Entry> entries, Topic topic) {
        Set<Integer> expected = entries.stream()
                .filter(entry -> Patterns.naiveMatch(entry.pattern, topic))
                .map(Entry::value)
                .collect(Collectors.toSet());
        Set<Integer> found = new HashSet<>();
        index.match(topic, found::add);
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void aValueIsGivenOnceForEachPattern() {
        index.add(TopicPattern.of("**/a"), "x");
        index.add(TopicPattern.of("**/a"), "x");
        index.add(TopicPattern.of("a"), "x");
        index.add(TopicPattern.of("a"), "x");

        assertThat(match("a")).containsExactlyInAnyOrder("x", "x");
    }

    @Test
    void valuesUnderOnePatternAreToldApart() {
        for (String pattern : List.of("a", "*")) {
            index.add(TopicPattern.of(pattern), "x");
            index.add(TopicPattern.of(pattern), "y");
            index.add(TopicPattern.of(pattern), "z");
            index.remove(TopicPattern.of(pattern), "y");
            index.remove(TopicPattern.of(pattern), "y");
            assertThat(match("a")).containsExactlyInAnyOrder("x", "z");
            index.remove(TopicPattern.of(pattern), "x");
            index.remove(TopicPattern.of(pattern), "z");
            assertThat(index.isEmpty()).isTrue();
        }
    }

    @Test
    void removingWhatIsNotThereDoesNothing() {
        index.add(TopicPattern.of("a/*/b"), "x");

        for (String pattern : List.of("a", "a/*", "a/*/b/c", "a/**", "**", "x")) {
            index.remove(TopicPattern.of(pattern), "x");
        }
        index.remove(TopicPattern.of("a/*/b"), "y");

        assertThat(match("a/1/b")).containsExactly("x");
    }

    @Test
    void theWorstPatternsTakeNoTimeAtAll() {
        for (int i = 1; i < 8; i++) {
            index.add(TopicPattern.of("**/a/".repeat(i) + "**/b"), i);
            index.add(TopicPattern.of("**/*/".repeat(i) + "**/b"), i);
            index.add(TopicPattern.of("**/".repeat(2 * i) + "b"), i);
        }

        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            for (int i = 0; i < 1_000; i++) {
                assertThat(match("a/".repeat(15) + "a")).isEmpty();
            }
        });
        assertThat(match("a/".repeat(15) + "b")).hasSize(21);
    }

    private List<Object> match(String topic) {
        List<Object> found = new ArrayList<>();
        index.match(new Topic(topic), found::add);
        return found;
    }
}
