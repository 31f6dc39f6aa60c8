package dev.belfry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectorSetTest {
    @ParameterizedTest
    @CsvSource({
        // asked, kept
        "a a/b, a a/b",
        "a/* a/b, a/*",
        "a/** a/* a a/b/c, a/**",
        "a/*/c a/b/*, a/*/c a/b/*",
        "a/*/c a/b/c a/b/*, a/*/c a/b/*",
        "** a/* b, **",
        "** $s/** $s/a a/*, ** $s/**",
        "*/a **/a, **/a",
        "*/** **, **",
        "*/**/a **/a, **/a",
        "**/*/a *, **/*/a *",
        "a/**/b a/b a/x/b, a/**/b",
        "a/**/b/** a/**/c/b, a/**/b/**",
        "*/$s */*, */*",
        "$s $s/*, $s $s/*",
        "$s */** $s/a, $s */** $s/a",
        "a/**/* a/*/**, a/**/*",
        "a/**/**/b a/**/b, a/**/**/b",
        // the first of these is no other pattern than the second, for no wildcard stands for $s at the beginning
        "**/$s/a */**/$s/a, **/$s/a"
    })
    void whatAnotherPatternCoversIsLeftOut(String asked, String kept) {
        assertThat(names(SelectorSet.of(patterns(asked)))).isEqualTo(names(patterns(kept)));
    }

    private static Set<String> names(Set<TopicSelector> selectors) {
        return selectors.stream().map(TopicSelector::name).collect(Collectors.toSet());
    }

    private static Set<TopicSelector> patterns(String names) {
        return Stream.of(names.split(" ")).map(TopicPattern::of).collect(Collectors.toSet());
    }

    @Test
    void itSelectsWhatAllOfThemSelect() {
        RandomNames names = new RandomNames(11);
        int covered = 0;
        for (int i = 0; i < 3_000; i++) {
            List<TopicSelector> asked = Stream.generate(names::selector)
                    .limit(2L + names.random().nextInt(12))
                    .toList();
            Set<TopicSelector> kept = SelectorSet.of(asked);
            covered += Set.copyOf(asked).size() - kept.size();
            for (int j = 0; j < 10; j++) {
                Topic topic = names.topic();
                assertThat(SelectorSet.matchesAny(kept, topic))
                        .as("%s of %s", topic, asked)
                        .isEqualTo(asked.stream().anyMatch(s -> RandomNames.naiveMatch(s, topic)));
            }
        }
        assertThat(covered).isGreaterThan(3_000);
    }

    @Test
    void ofTwoPatternsTheCoveredOneGoesAndNoOther() {
        RandomNames names = new RandomNames(12);
        int covered = 0;
        for (int i = 0; i < 20_000; i++) {
            TopicPattern one = names.pattern();
            TopicPattern other = names.pattern();
            if (isEmptyWithoutItsGaps(one) || isEmptyWithoutItsGaps(other)) {
                continue;
            }
            boolean covers = covers(one, other);
            Set<String> kept = names(SelectorSet.of(List.of(one, other)));
            if (covers && !covers(other, one)) {
                covered++;
                assertThat(kept).as("%s covers %s", one, other).containsExactly(one.name());
            } else if (covers) {
                assertThat(kept).as("%s means %s", one, other).hasSize(1);
            } else if (!covers(other, one)) {
                assertThat(kept).as("%s and %s", one, other).hasSize(2);
            }
        }
        assertThat(covered).isGreaterThan(1_000);
    }

    /** No topic is empty, and so {@code **}{@code /} has two segments at least. That is not seen, and such a pattern may stay. */
    private static boolean isEmptyWithoutItsGaps(TopicPattern pattern) {
        return Stream.of(pattern.name().split("/", -1))
                .filter(s -> !s.equals("**"))
                .toList()
                .equals(List.of(""));
    }

    /** By trying: each wildcard of the other stands for segments that no pattern spells, {@code **} for any number that matters. */
    private static boolean covers(TopicPattern pattern, TopicPattern other) {
        return instances(other, pattern.name().split("/", -1).length + 1)
                .filter(other::matches)
                .allMatch(pattern::matches);
    }

    private static Stream<Topic> instances(TopicPattern pattern, int most) {
        List<String> made = List.of("");
        for (String segment : pattern.name().split("/", -1)) {
            List<String> longer = new ArrayList<>();
            for (String before : made) {
                int least = segment.equals("**") ? 0 : 1;
                int last = segment.equals("**") ? most : 1;
                String text =
                        segment.startsWith("*") && segment.length() <= 2 && !segment.equals("*a") ? "new" : segment;
                IntStream.rangeClosed(least, last).forEach(n -> longer.add(before + ("/" + text).repeat(n)));
            }
            made = longer;
        }
        return made.stream().filter(name -> name.length() > 1).map(name -> new Topic(name.substring(1)));
    }

    @Test
    void itIsTheSameInWhateverOrderTheyAreAsked() {
        RandomNames names = new RandomNames(13);
        Random random = names.random();
        for (int i = 0; i < 1_000; i++) {
            List<TopicSelector> asked =
                    new ArrayList<>(Stream.generate(names::selector).limit(10).toList());
            Set<TopicSelector> kept = SelectorSet.of(asked);
            Collections.shuffle(asked, random);
            assertThat(SelectorSet.of(asked)).isEqualTo(kept).hasSameHashCodeAs(kept);
            assertThat(SelectorSet.of(kept)).isSameAs(SelectorSet.of(kept)).isEqualTo(kept);
        }
    }

    @Test
    void oneSelectorAndAFewExactOnesCostNoMoreThanTheirSet() {
        for (String names : List.of("a", "a/*", "a b c d e f g h")) {
            assertThat(SelectorSet.of(patterns(names))).isNotInstanceOf(SelectorSet.class);
        }
        assertThat(SelectorSet.of(patterns("a/* b"))).isInstanceOf(SelectorSet.class);
    }

    @Test
    void itComparesWithSetsOfAnyKind() {
        Set<TopicSelector> set = SelectorSet.of(patterns("a/* b"));
        assertThat(set).isEqualTo(patterns("b a/*")).hasSameHashCodeAs(patterns("b a/*"));
        assertThat(patterns("b a/*")).isEqualTo(set);
        assertThat(set.contains(TopicPattern.of("b"))).isTrue();
        assertThat(set.contains(TopicPattern.of("a/b"))).isFalse();
    }

    @Test
    void aLeadCoversItsPattern() {
        RandomNames names = new RandomNames(14);
        for (int i = 0; i < 10_000; i++) {
            TopicPattern pattern = names.pattern();
            if (!pattern.isExact()) {
                assertThat(pattern.lead().isLight()).isTrue();
                assertThat(SelectorSet.of(List.of(pattern, pattern.lead())))
                        .as("%s leads to %s", pattern.lead(), pattern)
                        .hasSize(1);
                Topic topic = names.topic();
                assertThat(pattern.matches(topic) && !pattern.lead().matches(topic))
                        .isFalse();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a/b/**/c, a/b/**",
        "**/a/*/b/c, **/b/c",
        "*/a/**/b, **/b",
        "**/a/**, **",
        "*/*/*, **",
        "1/2/3/4/5/6/7/8/9/*, 1/2/3/4/5/6/7/8/**",
        "*/1/2/3/4/5/6/7/8/9, **/2/3/4/5/6/7/8/9",
        "/**/a, /**",
        "$s/**/a, $s/**"
    })
    void aLeadHasTheLiteralsThatAPatternBeginsOrEndsWith(String pattern, String lead) {
        assertThat(TopicPattern.of(pattern).lead()).isEqualTo(TopicPattern.of(lead));
    }
}
