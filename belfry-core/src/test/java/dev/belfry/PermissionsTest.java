package dev.belfry;

import static dev.belfry.NotificationTest.assertInvalid;
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

class PermissionsTest {
    private static final Instant END = Instant.parse("2026-11-22T10:00:00Z");

    @Test
    void aFilterIsOfWhatIsAskedForAndOfTheGrants() {
        Permissions permissions = new Permissions("ann", selectors("orders/**"), selectors("users/7"), null);

        assertThat(permissions.filter(selectors("a b")))
                .isEqualTo(new EventFilter(selectors("a b"), selectors("users/7")));
        assertThat(permissions.filter(Set.of()).selectors()).isEmpty();
    }

    @Test
    void filtersOfTheSamePermissionsShareTheirGrants() {
        Permissions permissions = new Permissions(null, selectors("a"), selectors("a b"), null);

        assertThat(permissions.filter(selectors("x")).grants())
                .isSameAs(permissions.filter(selectors("y")).grants());
        assertThat(Permissions.OPEN.filter(selectors("x")).grants()).isSameAs(EventFilter.ALL.grants());
    }

    @ParameterizedTest
    @CsvSource({
        // grants, topics, allowed
        "a, a, true",
        "a, b, false",
        "'', a, false",
        "a/*, a/1 a/2, true",
        "a/*, a/1 b, false",
        "a/* b, a/1 b, true",
        "**, a b/c, true",
        "**, $s/a, false",
        "** $s/*, $s/a, true",
        "*/a, $s/a, false"
    })
    void aPublisherNeedsAGrantForEveryTopic(String grants, String topics, boolean allowed) {
        Permissions permissions = new Permissions(null, selectors(grants), selectors("**"), null);
        List<Topic> named = words(topics).map(Topic::new).toList();

        assertThat(permissions.mayPublish(new Notification(named, "e", Data.EMPTY, true, null)))
                .isEqualTo(allowed);
    }

    @Test
    void administrationIsAGrantOnATopicOfTheServers() {
        Set<TopicSelector> all = selectors("**");
        Set<TopicSelector> admin = selectors("$belfry/admin");
        assertThat(new Permissions("ann", all, all, null).mayInspect()).isFalse();
        assertThat(new Permissions("ann", all, all, null).mayAdminister()).isFalse();
        assertThat(new Permissions("ann", all, admin, null).mayInspect()).isTrue();
        assertThat(new Permissions("ann", all, admin, null).mayAdminister()).isFalse();
        assertThat(new Permissions("ann", selectors("$belfry/** a"), all, null).mayAdminister())
                .isTrue();
        assertThat(new Permissions("ann", selectors("$belfry/*"), selectors("$x/**"), null).mayInspect())
                .isFalse();
    }

    @Test
    void openPermissionsAllowEverythingForEver() {
        assertThat(Permissions.OPEN.isOpen()).isTrue();
        assertThat(Permissions.OPEN.mayInspect()).isTrue();
        assertThat(Permissions.OPEN.mayAdminister()).isTrue();
        assertThat(Permissions.OPEN.isExpired(Instant.MAX)).isFalse();
        assertThat(Permissions.OPEN.mayPublish(Notification.of("a", "x"))).isTrue();
        assertThat(Permissions.OPEN.filter(selectors("**"))).isEqualTo(EventFilter.ALL);
    }

    @Test
    void whatIsMissingInOnePartIsNotOpen() {
        Set<TopicSelector> all = selectors("a **");
        assertThat(new Permissions("ann", all, all, null).isOpen()).isTrue();
        assertThat(new Permissions("ann", all, all, END).isOpen()).isFalse();
        assertThat(new Permissions("ann", all, selectors("a"), null).isOpen()).isFalse();
        assertThat(new Permissions("ann", selectors("a"), all, null).isOpen()).isFalse();
    }

    @Test
    void theyEndAtTheirTime() {
        Permissions permissions = new Permissions(null, Set.of(), Set.of(), END);

        assertThat(permissions.isExpired(END.minusMillis(1))).isFalse();
        assertThat(permissions.isExpired(END)).isTrue();
        assertThat(permissions.isExpired(END.plusMillis(1))).isTrue();
    }

    @Test
    void aSubjectFitsIntoALine() {
        assertThat(new Permissions("https://issuer.example/x y", Set.of(), Set.of(), null).subject())
                .isEqualTo("https://issuer.example/x y");
        for (String subject : List.of("", "a\nb", "x".repeat(257))) {
            assertInvalid("invalid-subject", () -> new Permissions(subject, Set.of(), Set.of(), null));
        }
    }

    @Test
    void theSetsAreCopies() {
        Set<TopicSelector> grants = new HashSet<>(selectors("a"));
        Permissions permissions = new Permissions(null, grants, grants, null);
        grants.add(TopicPattern.of("b"));

        assertThat(permissions).isEqualTo(new Permissions(null, selectors("a"), selectors("a"), null));
    }

    private static Set<TopicSelector> selectors(String names) {
        return words(names).map(TopicPattern::of).collect(Collectors.toSet());
    }

    private static Stream<String> words(String text) {
        return Stream.of(text.split(" ")).filter(word -> !word.isEmpty());
    }
}
