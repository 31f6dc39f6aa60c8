package dev.belfry;

import static dev.belfry.NotificationTest.assertInvalid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
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
        "A, a, false",
        // a segment may be empty, and * stands for that one too
        "a/*/c, a//c, true",
        "a/*, a/, true",
        "a/*, a//, false",
        "a, a/, false",
        "a/, a, false",
        "/*, /a, true",
        "/*, a, false",
        "/**, /, true",
        "/**, a, false",
        "*/*, /, true",
        "//**, /, true",
        "//**, //a, true",
        "//**, /a, false",
        "https://example.com/books/*, https://example.com/books/1, true",
        "https://*/books/1, https://example.com/books/1, true",
        "https://**, https://example.com/books/1, true",
        "https:/*/example.com, https://example.com, true",
        // inside a longer segment a * stands for itself
        "a*, a*, true",
        "a*, ab, false",
        "*/a*, x/a*, true",
        "***, a, false",
        "***, ***, true",
        // no wildcard stands for the first segment of the server's own topics
        "**, $s, false",
        "**, $s/a, false",
        "*, $s, false",
        "*/a, $s/a, false",
        "**/a, $s/a, false",
        "**/$s/a, $s/a, false",
        "$s/a, $s/a, true",
        "$s/*, $s/a, true",
        "$s/**, $s, true",
        "$s/**, $s/a/b, true",
        "$s/**/b, $s/a/b, true",
        "$/**, $s/a, false",
        "$x/**, $s/a, false",
        "**, a/$s, true",
        "*/$s, a/$s, true",
        "*/$s, /$s, true"
    })
    void matches(String pattern, String topic, boolean expected) {
        assertThat(TopicPattern.of(pattern).matches(new Topic(topic))).isEqualTo(expected);
    }

    @Test
    void matchesAsTheDefinitionSaysAndOnlyWhatBeginsWithItsLiteralPrefix() {
        RandomNames names = new RandomNames(2);
        int matches = 0;
        for (int i = 0; i < 20_000; i++) {
            TopicPattern pattern = names.pattern();
            Topic topic = names.topic();
            boolean expected = RandomNames.naiveMatch(pattern, topic);
            assertThat(pattern.matches(topic)).as("%s, %s", pattern, topic).isEqualTo(expected);
            if (expected) {
                matches++;
                assertThat(topic.name()).startsWith(pattern.literalPrefix());
            }
        }
        assertThat(matches).isGreaterThan(1_000);
    }

    @ParameterizedTest
    @CsvSource({
        "a/b, a/b",
        "a/*, a/",
        "a/**, a",
        "a/b/*/c, a/b/",
        "a/b/**/c, a/b",
        "a//**, a/",
        "a//*, a//",
        "/**, /",
        "//**, /",
        "/*, /",
        "https://**, https:/",
        "$s/**, $s",
        "a*, a*",
        "*, ''",
        "**, ''",
        "*/**, ''",
        "**/a, ''",
        "*/a, ''"
    })
    void theLiteralPrefixEndsAtTheFirstWildcard(String pattern, String prefix) {
        assertThat(TopicPattern.of(pattern).literalPrefix()).isEqualTo(prefix);
    }

    @Test
    void theWorstPatternTakesNoTimeAtAll() {
        Topic topic = new Topic("a/".repeat(63) + "a");
        TopicPattern matching = TopicPattern.of("**/a/".repeat(31) + "**/a");
        TopicPattern failing = TopicPattern.of("**/a/".repeat(31) + "**/b");
        TopicPattern stars = TopicPattern.of("**/".repeat(63) + "b");

        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            for (int i = 0; i < 10_000; i++) {
                assertThat(matching.matches(topic)).isTrue();
                assertThat(failing.matches(topic)).isFalse();
                assertThat(stars.matches(topic)).isFalse();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*\n", "\0", "a/*\u2028"})
    void breaksNoRuleOfATopicsCharacters(String name) {
        assertInvalid("invalid-pattern", () -> TopicPattern.of(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"***", "a*", "*a", "a/b*", "a/**b", "a/***", "a/* /b"})
    void wildcardsAreWholeSegments(String name) {
        assertThat(TopicPattern.of(name).isExact()).isTrue();
    }

    @Test
    void isAsLongAsATopicCanBe() {
        assertThat(TopicPattern.of("a/".repeat(63) + "**").name()).hasSize(128);
        assertThat(TopicPattern.of("a".repeat(1022) + "/*").name()).hasSize(1024);
        assertInvalid("invalid-pattern", () -> TopicPattern.of("a/".repeat(64) + "**"));
        assertInvalid("invalid-pattern", () -> TopicPattern.of("a".repeat(1025)));
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
