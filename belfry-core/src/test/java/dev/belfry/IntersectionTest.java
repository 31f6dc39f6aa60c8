package dev.belfry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IntersectionTest {
    private static final List<String> PATTERNS = List.of(
            "a", "b", "a/b", "a/b/c", "*", "a/*", "*/b", "a/**", "**/b", "**", "a/*/c", "**/c", "$s/**", "$s/a",
            "$s/*");
    private static final List<Topic> TOPICS = Stream.of(
                    "a", "b", "c", "a/b", "a/c", "b/b", "a/b/c", "b/b/c", "a/x/c", "a/b/b", "$s/a", "$s/b", "$s/a/b",
                    "$t/a")
            .map(Topic::new)
            .toList();

    private static Set<TopicSelector> patterns(String... names) {
        return Arrays.stream(names).map(TopicPattern::of).collect(Collectors.toSet());
    }

    private static Set<TopicSelector> some(Random random) {
        return Stream.generate(() -> TopicPattern.of(PATTERNS.get(random.nextInt(PATTERNS.size()))))
                .limit(random.nextInt(4))
                .collect(Collectors.toSet());
    }

    @Test
    void selectsWhatBothSelect() {
        for (int seed = 0; seed < 5000; seed++) {
            Random random = new Random(seed);
            Set<TopicSelector> asked = some(random);
            Set<TopicSelector> granted = some(random);
            Set<TopicSelector> both = Intersection.of(asked, granted);
            for (Topic topic : TOPICS) {
                assertThat(SelectorSet.matchesAny(both, topic))
                        .as("seed %s: %s of %s and %s", seed, topic.name(), asked, granted)
                        .isEqualTo(SelectorSet.matchesAny(SelectorSet.of(asked), topic)
                                && SelectorSet.matchesAny(SelectorSet.of(granted), topic));
            }
        }
    }

    @Test
    void whatTheOtherCoversStandsForItself() {
        assertThat(Intersection.of(patterns("a/*", "b/1"), patterns("a/**", "b/*")))
                .isEqualTo(patterns("a/*", "b/1"));
        assertThat(Intersection.of(patterns("**"), patterns("users/7/**"))).isEqualTo(patterns("users/7/**"));
        assertThat(Intersection.of(patterns("a/**"), patterns("b/*", "c"))).noneMatch(TopicSelector::isExact);
    }

    /** Or a stranger's ticket would hold up an event loop with every event. */
    @Test
    void whatIsLeftToFindOutCostsWhatItsGrantsDo() {
        Set<TopicSelector> few = Intersection.of(patterns("a/*/**"), patterns("**/b", "**/c"));
        String[] hundreds = IntStream.range(0, 300).mapToObj(i -> "**/b" + i).toArray(String[]::new);
        Set<TopicSelector> many = Intersection.of(patterns("a/*/**"), patterns(hundreds));

        assertThat(few).hasSize(1).allMatch(selector -> selector.stepsPerCharacter() > 0);
        assertThat(many).hasSize(1);
        assertThat(many.iterator().next().stepsPerCharacter())
                .isGreaterThan(few.iterator().next().stepsPerCharacter() + 5);
        assertThat(SelectorSet.isCostly(many)).isTrue();
    }

    @Test
    void noPartIsForReservedTopicsThatNobodySpelled() {
        for (TopicSelector narrowed : Intersection.of(patterns("**", "$belfry/**"), patterns("**", "x"))) {
            assertThat(narrowed.matches(new Topic("$belfry/admin")))
                    .as(narrowed.name())
                    .isFalse();
        }
        assertThat(Intersection.of(patterns("$belfry/admin"), patterns("$belfry/**")))
                .anyMatch(narrowed -> narrowed.matches(new Topic("$belfry/admin")));
    }
}
