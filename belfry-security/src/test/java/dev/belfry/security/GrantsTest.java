package dev.belfry.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.TopicSelector;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrantsTest {
    private static final DefaultGrants OWN =
            new DefaultGrants(List.of("reports/{sub}"), List.of("users/{sub}/**", "news"));

    private static Grants read(Object claim) {
        return new BelfryGrants("belfry").read(Map.of("belfry", claim));
    }

    @Test
    void theClaimHasPatterns() {
        Grants grants = read(Map.of("publish", List.of("a/*"), "subscribe", List.of("b/**", "$belfry/admin")));

        assertThat(grants.publish()).extracting(TopicSelector::name).containsExactly("a/*");
        assertThat(grants.subscribe())
                .extracting(TopicSelector::name)
                .containsExactlyInAnyOrder("b/**", "$belfry/admin");
        assertThat(new BelfryGrants("belfry").read(Map.of("other", 1))).isEqualTo(Grants.NONE);
    }

    @Test
    void aClaimThatBreaksARuleIsNoGrant() {
        for (Object bad : List.of(
                "x",
                List.of("x"),
                Map.of("publsih", List.of()),
                Map.of("publish", "x"),
                Map.of("publish", List.of(1)),
                Map.of("publish", List.of("")),
                Map.of("publish", List.of("a\nb")),
                Map.of("subscribe", Collections.nCopies(257, "x")),
                Map.of("subscribe", List.of("x".repeat(1025))),
                Map.of("subscribe", Collections.nCopies(33, "*" + "/x".repeat(63))))) {
            assertThatThrownBy(() -> read(bad)).as("%s", bad).isInstanceOf(InvalidToken.class);
        }
    }

    @Test
    void aSubjectGetsWhatHasItsName() {
        Grants grants = OWN.of("7");

        assertThat(grants.publish()).extracting(TopicSelector::name).containsExactly("reports/7");
        assertThat(grants.subscribe()).extracting(TopicSelector::name).containsExactlyInAnyOrder("users/7/**", "news");
        assertThat(OWN.of(null)).isEqualTo(Grants.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "**", "a/b", "/", "7/**", "$belfry", "{sub}", "a*", "\u0000"})
    void aNameThatIsMoreThanAPartOfASegmentWidensNothing(String subject) {
        Grants grants = OWN.of(subject);

        assertThat(grants.publish()).isEmpty();
        assertThat(grants.subscribe()).extracting(TopicSelector::name).containsExactly("news");
    }

    @Test
    void aDefaultGrantIsAPatternWithNoOtherPlaceholder() {
        assertThatThrownBy(() -> new DefaultGrants(List.of(), List.of("users/{name}")))
                .hasMessageContaining("{sub}");
        assertThatThrownBy(() -> new DefaultGrants(List.of(""), List.of())).hasMessageContaining("pattern");
    }
}
