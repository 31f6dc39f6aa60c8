package dev.belfry;

import static dev.belfry.NotificationTest.assertInvalid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicPatternTest {
    @ParameterizedTest
    @CsvSource({
        "orders/42, orders/42, true",
        "orders/42, orders/43, false",
        "orders, orders/42, false",
        "orders/42, orders, false",
        "orders/*, orders/42, true",
        "orders/*, orders, false",
        "orders/*, orders/42/items, false",
        "orders/**, orders, true",
        "orders/**, orders/42, true",
        "orders/**, orders/42/items, true",
        "orders/**, order, false",
        "orders/**, orders2, false",
        "*, orders, true",
        "*, orders/42, false",
        "**, orders, true",
        "**, orders/42/items, true",
        "*/*, orders/42, true",
        "*/**, orders, true",
        "**/*, orders, true",
        "**/*/*, orders, false",
        "**/items, items, true",
        "**/items, orders/42/items, true",
        "**/items, orders/items/42, false",
        "a/**/z, a/z, true",
        "a/**/z, a/b/z/z, true",
        "a/**/z, a, false",
        "a/**/z, z, false",
        "a/**/b/**/c, a/b/c, true",
        "a/**/b/**/c, a/x/b/x/b/c, true",
        "a/**/b/**/c, a/c/b, false",
        "**/a/*/b, a/a/x/b, true",
        "**/a/*/b, a/a/b, true",
        "**/a/*/b, a/b, false",
        "a/*/c, a//c, invalid",
        "A, a, false"
    })
    void matches(String pattern, String topic, String expected) {
        if (expected.equals("invalid")) {
            assertInvalid("invalid-topic", () -> new Topic(topic));
        } else {
            assertThat(TopicPattern.of(pattern).matches(new Topic(topic))).isEqualTo(Boolean.valueOf(expected));
        }
    }

    @Property(tries = 3_000)
    @Domain(Patterns.class)
    void matchesAsTheDefinitionSays(@ForAll TopicPattern pattern, @ForAll Topic topic) {
        assertThat(pattern.matches(topic)).isEqualTo(Patterns.naiveMatch(pattern, topic));
    }

    @Property(tries = 3_000)
    @Domain(Patterns.class)
    void whatItMatchesBeginsWithItsLiteralPrefix(@ForAll TopicPattern pattern, @ForAll Topic topic) {
        if (pattern.matches(topic)) {
            assertThat(topic.name()).startsWith(pattern.literalPrefix());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a/b, a/b",
        "a/*, a/",
        "a/**, a",
        "a/b/*/c, a/b/",
        "a/b/**/c, a/b",
        "*, ''",
        "**, ''",
        "**/a, ''",
        "*/a, ''"
    })
    void theLiteralPrefixEndsAtTheFirstWildcard(String pattern, String prefix) {
        assertThat(TopicPattern.of(pattern).literalPrefix()).isEqualTo(prefix);
    }

    @Test
    void theWorstPatternTakesNoTimeAtAll() {
        Topic topic = new Topic("a/".repeat(15) + "a");
        TopicPattern matching = TopicPattern.of("**/a/".repeat(7) + "**/a");
        TopicPattern failing = TopicPattern.of("**/a/".repeat(7) + "**/b");
        TopicPattern stars = TopicPattern.of("**/".repeat(15) + "b");

        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            for (int i = 0; i < 10_000; i++) {
                assertThat(matching.matches(topic)).isTrue();
                assertThat(failing.matches(topic)).isFalse();
                assertThat(stars.matches(topic)).isFalse();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "a/", "/a", "a//b", "***", "a*", "*a", "a/b*", "a/**b", "a/***", "a/* /b", "*\n"})
    void wildcardsAreWholeSegments(String name) {
        assertInvalid("invalid-pattern", () -> TopicPattern.of(name));
    }

    @Test
    void isAsLongAsATopicCanBe() {
        assertThat(TopicPattern.of("a/".repeat(15) + "**").name()).hasSize(32);
        assertInvalid("invalid-pattern", () -> TopicPattern.of("a/".repeat(16) + "**"));
        assertInvalid("invalid-pattern", () -> TopicPattern.of("a".repeat(257)));
    }

    @Test
    void isEqualWhenSpelledEqually() {
        assertThat(TopicPattern.of("a/*")).isEqualTo(TopicPattern.of("a/*")).hasSameHashCodeAs(TopicPattern.of("a/*"));
        assertThat(TopicPattern.of("a/*")).isNotEqualTo(TopicPattern.of("a/**")).hasToString("a/*");
        assertThat(TopicPattern.of("**")).isSameAs(TopicPattern.ALL);
    }

    @Test
    void knowsWhetherItIsExactOrAll() {
        assertThat(TopicPattern.of("a/b").isExact()).isTrue();
        assertThat(TopicPattern.of("a/*").isExact()).isFalse();
        assertThat(TopicPattern.of("**").isExact()).isFalse();
        assertThat(TopicPattern.of("**").isAll()).isTrue();
        assertThat(TopicPattern.of("a/**").isAll()).isFalse();
    }
}
