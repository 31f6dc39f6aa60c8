package dev.belfry.mercure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.Topic;
import dev.belfry.TopicSelector;
import dev.belfry.wire.Problem;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MercureGrantsTest {
    private static final String TYPE = MercureGrants.DETAIL_TYPE;

    private final MercureGrants grants = new MercureGrants(TestHub.settings(false, false));

    private static boolean match(Set<TopicSelector> selectors, String topic) {
        return selectors.stream().anyMatch(selector -> selector.matches(new Topic(topic)));
    }

    @Test
    void readsTheClaimOfV0UnderEitherName() {
        for (String claim : List.of("mercure", "https://mercure.rocks/")) {
            MercureGrants.Allowed allowed =
                    grants.read(Map.of(claim, Map.of("publish", List.of("*"), "subscribe", List.of("a", "b{c}"))));
            assertThat(match(allowed.publish(), "anything")).isTrue();
            assertThat(match(allowed.subscribe(), "a")).isTrue();
            assertThat(match(allowed.subscribe(), "b1")).isTrue();
            assertThat(match(allowed.subscribe(), "c")).isFalse();
        }
    }

    @Test
    void aTokenWithoutClaimsAllowsNothing() {
        assertThat(grants.read(Map.of("sub", "me"))).isEqualTo(new MercureGrants.Allowed(Set.of(), Set.of()));
        assertThat(grants.read(Map.of("mercure", Map.of("publish", List.of()))).publish())
                .isEmpty();
    }

    @Test
    void readsTheDetailsOfV1AndLeavesThoseOfOthers() {
        MercureGrants.Allowed allowed = grants.read(Map.of(
                "authorization_details",
                List.of(
                        Map.of("type", "payment", "actions", 3),
                        Map.of(
                                "type", TYPE,
                                "actions", List.of("subscribe", "fly"),
                                "topics",
                                        List.of(
                                                Map.of("match", "a{x}"),
                                                Map.of("match", "/b/:c", "match_type", "urlpattern"))))));
        assertThat(allowed.publish()).isEmpty();
        assertThat(match(allowed.subscribe(), "a{x}")).isTrue();
        assertThat(match(allowed.subscribe(), "a1")).isFalse();
        assertThat(match(allowed.subscribe(), "https://example.com/b/1")).isTrue();
    }

    static Stream<Map<String, Object>> malformed() {
        Map<String, Object> topic = Map.of("match", "a");
        return Stream.of(
                Map.of("mercure", "all"),
                Map.of("mercure", Map.of("publish", "*")),
                Map.of("mercure", Map.of("publish", List.of(1))),
                Map.of("mercure", Map.of("publish", Collections.nCopies(1001, "a"))),
                Map.of("mercure", Map.of("publish", List.of("{/a}".repeat(800)))),
                Map.of("authorization_details", "x"),
                Map.of("authorization_details", List.of(Map.of("type", TYPE))),
                Map.of(
                        "authorization_details",
                        List.of(Map.of("type", TYPE, "actions", List.of("publish"), "topics", List.of("a")))),
                Map.of(
                        "authorization_details",
                        List.of(Map.of("type", TYPE, "actions", "publish", "topics", List.of(topic)))),
                Map.of(
                        "authorization_details",
                        List.of(Map.of(
                                "type", TYPE,
                                "actions", List.of("publish"),
                                "topics", List.of(Map.of("match", "a", "match_type", "regexp"))))),
                Map.of(
                        "authorization_details",
                        List.of(Map.of(
                                "type",
                                TYPE,
                                "actions",
                                List.of("publish"),
                                "topics",
                                List.of(topic),
                                "payload",
                                "text"))));
    }

    @ParameterizedTest
    @MethodSource
    void malformed(Map<String, Object> claims) {
        assertThatThrownBy(() -> grants.read(claims))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.status()).isEqualTo(401));
    }
}
