package dev.belfry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventFilterTest {
    @ParameterizedTest
    @CsvSource({
        // patterns, grants, topics, public, accepted
        "a, a, a, false, true",
        "a, a, a, true, true",
        "a, '', a, false, false",
        "a, '', a, true, true",
        "b, **, a, true, false",
        "b, **, a, false, false",
        "**, a, b, false, false",
        "**, a, b, true, true",
        "**, **, b, false, true",
        "a/*, users/7, a/1 users/7, false, true",
        "a/*, users/8, a/1 users/7, false, false",
        "b, users/7, a/1 users/7, false, false",
        "b c a, x y a, a, false, true",
        "b c, x y a, a, false, false",
        "a/**, a, a/b, false, false",
        "**, **, $s/a, true, false",
        "**, **, $s/a, false, false",
        "**, **, $s/a b, false, true",
        "** $s/*, **, $s/a, true, true",
        "** $s/*, **, $s/a, false, false",
        "** $s/*, ** $s/**, $s/a, false, true",
        "$s/a, $s/**, $s/a, false, true",
        "$s/*, */a, $s/a, false, false",
        "*, a/**, a, false, true"
    })
    void anEventNeedsAPatternAndUnlessPublicAGrant(
            String patterns, String grants, String topics, boolean isPublic, boolean accepted) {
        EventFilter filter = new EventFilter(patterns(patterns), patterns(grants));

        assertThat(filter.accepts(event(topics, isPublic))).isEqualTo(accepted);
    }

    @Test
    void whatMayBeReadDoesNotDependOnWhatWasAskedFor() {
        EventFilter filter = new EventFilter(patterns("a"), patterns("b"));

        assertThat(filter.isGranted(event("b", false))).isTrue();
        assertThat(filter.isGranted(event("a", false))).isFalse();
        assertThat(filter.isGranted(event("x", true))).isTrue();
    }

    @Test
    void filtersThatAcceptTheSameThroughAllAreEqual() {
        assertThat(new EventFilter(patterns("** a"), patterns("b ** $belfry/**")))
                .isEqualTo(EventFilter.ALL);
        assertThat(new EventFilter(patterns("a b"), patterns("c")))
                .isEqualTo(new EventFilter(patterns("b a"), patterns("c")));
        assertThat(new EventFilter(patterns("a ** $s/a"), patterns("**")))
                .isEqualTo(new EventFilter(patterns("** $s/a"), patterns("**")));
    }

    @Test
    void allFiltersThatMeanAllShareItsSet() {
        EventFilter filter = Permissions.OPEN.filter(patterns("** a"));

        assertThat(filter.selectors()).isSameAs(EventFilter.ALL.selectors());
        assertThat(filter.grants()).isSameAs(EventFilter.ALL.grants());
    }

    @Test
    void anotherAskHasTheSameGrants() {
        EventFilter filter = new EventFilter(patterns("a"), patterns("b"));

        assertThat(filter.withSelectors(patterns("x ** a"))).isEqualTo(new EventFilter(patterns("**"), patterns("b")));
        assertThat(filter.withSelectors(patterns("x")).grants()).isSameAs(filter.grants());
    }

    @Test
    void aSelectorOfAnotherKindSelectsAndGrants() {
        Set<TopicSelector> template = Set.of(new RandomNames.Template("a/", "/b"));

        assertThat(new EventFilter(template, patterns("**")).accepts(event("a/1/b", false)))
                .isTrue();
        assertThat(new EventFilter(template, patterns("**")).accepts(event("a/1/c", false)))
                .isFalse();
        assertThat(new EventFilter(patterns("**"), template).accepts(event("a/1/b", false)))
                .isTrue();
        assertThat(new EventFilter(patterns("**"), template).accepts(event("a/1/c", false)))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"'', false", "$, false", "$s, true", "$s/, true", "$s/a, true", "$x, false"})
    void noSelectorFindsAReservedTopicWithoutItsFirstSegment(String prefix, boolean accepted) {
        Set<TopicSelector> template = Set.of(new RandomNames.Template(prefix, ""));

        assertThat(new EventFilter(template, patterns("$s/**")).accepts(event("$s/a", false)))
                .isEqualTo(accepted);
        assertThat(new EventFilter(patterns("$s/**"), template).accepts(event("$s/a", false)))
                .isEqualTo(accepted);
    }

    @Test
    void acceptsWhatItsSelectorsAndGrantsMatchHoweverManyTheyAre() {
        RandomNames names = new RandomNames(5);
        int accepted = 0;
        for (int i = 0; i < 10_000; i++) {
            Set<TopicSelector> asked = some(names::selector, names.random().nextInt(12));
            Set<TopicSelector> granted = some(names::selector, names.random().nextInt(12));
            List<Topic> topics = Stream.generate(names::topic)
                    .limit(1L + names.random().nextInt(3))
                    .toList();
            Event event = event(topics, names.random().nextInt(4) == 0);
            EventFilter filter = new EventFilter(asked, granted);
            boolean expected =
                    matchesAny(asked, topics) && (event.notification().isPublic() || matchesAny(granted, topics));

            assertThat(filter.accepts(event)).as("%s %s", filter, event).isEqualTo(expected);
            assertThat(filter.accepts(new EventTopics(event))).isEqualTo(expected);
            accepted += expected ? 1 : 0;
        }
        assertThat(accepted).isBetween(1_000, 9_000);
    }

    private static <T> Set<T> some(Supplier<? extends T> any, int count) {
        return Stream.<T>generate(any).limit(count).collect(Collectors.toSet());
    }

    private static boolean matchesAny(Set<TopicSelector> selectors, List<Topic> topics) {
        return selectors.stream().anyMatch(s -> topics.stream().anyMatch(t -> RandomNames.naiveMatch(s, t)));
    }

    @Test
    void anIndexFindsAFilterForAllThatItAccepts() {
        RandomNames names = new RandomNames(6);
        int costly = 0;
        for (int i = 0; i < 10_000; i++) {
            EventFilter filter = new EventFilter(some(names::selector, 4), SelectorSet.ALL_TOPICS);
            SelectorIndex<String> index = new SelectorIndex<>();
            filter.indexSelectors().forEach(selector -> index.add(selector, "x"));
            Topic topic = names.topic();
            Set<String> found = new HashSet<>();
            index.match(topic, found::add);

            boolean isNamed = SelectorSet.matchesAny(filter.selectors(), topic);
            if (filter.isCostly()) {
                costly++;
                assertThat(found.isEmpty() && isNamed)
                        .as("%s %s", filter, topic)
                        .isFalse();
            } else {
                assertThat(!found.isEmpty()).as("%s %s", filter, topic).isEqualTo(isNamed);
            }
        }
        assertThat(costly).isBetween(1_000, 9_000);
    }

    @ParameterizedTest
    @CsvSource({
        "a/*, false",
        "a/**, false",
        "**, false",
        "**/a/b, false",
        "users/*/orders/*, false",
        "1/2/3/4/5/6/7/8/**, false",
        "1/2/3/4/5/6/7/8/9/**, true",
        "a/*/*/*, true",
        "a/**/b, true",
        "**/a/**, true",
        "1/2/3/4/5/6/7/8/9, false"
    })
    void aPatternIsCostlyIfItLeadsToManyPlacesOfAnIndex(String pattern, boolean isCostly) {
        assertThat(new EventFilter(patterns(pattern), patterns("**")).isCostly())
                .isEqualTo(isCostly);
        assertThat(new EventFilter(patterns("**"), patterns(pattern)).isCostly())
                .isEqualTo(isCostly);
        assertThat(new EventFilter(patterns("x " + pattern), patterns("**")).isCostly())
                .isEqualTo(isCostly);
    }

    @Test
    void aFilterWithoutPatternsAcceptsNothing() {
        assertThat(new EventFilter(Set.of(), patterns("**")).accepts(event("a", true)))
                .isFalse();
    }

    @Test
    void theSetsAreCopies() {
        Set<TopicSelector> patterns = new HashSet<>(patterns("a"));
        EventFilter filter = new EventFilter(patterns, patterns);
        patterns.add(TopicPattern.of("b"));

        assertThat(filter).isEqualTo(new EventFilter(patterns("a"), patterns("a")));
    }

    private static Set<TopicSelector> patterns(String names) {
        return words(names).map(TopicPattern::of).collect(Collectors.toSet());
    }

    private static Event event(String topics, boolean isPublic) {
        return event(words(topics).map(Topic::new).toList(), isPublic);
    }

    private static Event event(List<Topic> list, boolean isPublic) {
        return new Event(new Position(1, 1), Instant.EPOCH, new Notification(list, "e", Data.EMPTY, isPublic, null));
    }

    private static Stream<String> words(String text) {
        return Stream.of(text.split(" ")).filter(word -> !word.isEmpty());
    }
}
