package dev.belfry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
        assertThat(new EventFilter(patterns("** a"), patterns("b **"))).isEqualTo(EventFilter.ALL);
        assertThat(new EventFilter(patterns("a b"), patterns("c")))
                .isEqualTo(new EventFilter(patterns("b a"), patterns("c")));
        assertThat(new EventFilter(patterns("a ** $s/a"), patterns("**")))
                .isEqualTo(new EventFilter(patterns("** $s/a"), patterns("**")));
    }

    @Test
    void allFiltersThatMeanAllShareItsSet() {
        EventFilter filter = new EventFilter(patterns("** a"), patterns("**"));

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
    void acceptsAllNeedsBothTheAskAndTheGrant() {
        assertThat(EventFilter.ALL.acceptsAll()).isTrue();
        assertThat(new EventFilter(patterns("**"), patterns("a")).acceptsAll()).isFalse();
        assertThat(new EventFilter(patterns("a"), patterns("**")).acceptsAll()).isFalse();
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
        List<Topic> list = words(topics).map(Topic::new).toList();
        return new Event(new Position(1, 1), Instant.EPOCH, new Notification(list, "e", Data.EMPTY, isPublic, null));
    }

    private static Stream<String> words(String text) {
        return Stream.of(text.split(" ")).filter(word -> !word.isEmpty());
    }
}
