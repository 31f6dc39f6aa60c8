package dev.belfry;

import static dev.belfry.NotificationTest.assertInvalid;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "orders/42",
                "a b/c",
                "é/中/\uD83D\uDD14",
                "?#&=%2F",
                "..",
                "a/./..",
                "$x",
                "{id}",
                "a\\b",
                "\"'<",
                "https://example.com/books/1?q=*&r=a*b#c",
                "/",
                "//",
                "/a",
                "a/",
                "a//b",
                "a*",
                "*a/b",
                "***",
                "a/***/b"
            })
    void isNamedFreely(String name) {
        assertThat(new Topic(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*", "**", "a/*", "*/a", "a/**/b", "/*", "**/", "a\nb", "a\0", "a/\u2028"})
    void isNotEmptyAndHasNoWildcard(String name) {
        assertInvalid("invalid-topic", () -> new Topic(name));
    }

    @Test
    void hasAtMost1024Characters() {
        assertThat(new Topic("x".repeat(1024)).name()).hasSize(1024);
        assertThat(new Topic("\uD83D\uDD14".repeat(512)).name()).hasSize(1024);
        assertInvalid("invalid-topic", () -> new Topic("x".repeat(1025)));
        assertInvalid("invalid-topic", () -> new Topic("x".repeat(1 << 20)));
    }

    @Test
    void hasAtMost64Segments() {
        assertThat(new Topic("a/".repeat(63) + "a").segments()).hasSize(64).containsOnly("a");
        assertThat(new Topic("/".repeat(63)).segments()).hasSize(64).containsOnly("");
        assertInvalid("invalid-topic", () -> new Topic("a/".repeat(64) + "a"));
        assertInvalid("invalid-topic", () -> new Topic("/".repeat(64)));
    }

    @Test
    void isTheServersOwnWhenItBeginsWithADollar() {
        assertThat(new Topic("$belfry/gap").isReserved()).isTrue();
        assertThat(new Topic("$").isReserved()).isTrue();
        assertThat(new Topic("a/$b").isReserved()).isFalse();
        assertThat(new Topic("/$b").isReserved()).isFalse();
    }

    @Test
    void everyTopicIsAPatternForItselfAlone() {
        RandomNames names = new RandomNames(1);
        for (int i = 0; i < 2_000; i++) {
            Topic topic = names.topic();
            Topic other = names.topic();
            TopicPattern pattern = TopicPattern.of(topic.name());
            assertThat(pattern.isExact()).isTrue();
            assertThat(pattern.matches(topic)).isTrue();
            assertThat(pattern.matches(other)).isEqualTo(topic.equals(other));
        }
    }
}
