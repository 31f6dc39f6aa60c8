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
                "\"'<"
            })
    void isNamedFreely(String name) {
        assertThat(new Topic(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "a/", "/a", "a//b", "//", "*", "a/*", "**", "a*", "a/*b", "a\nb", "a\0"})
    void hasNoEmptySegmentAndNoWildcard(String name) {
        assertInvalid("invalid-topic", () -> new Topic(name));
    }

    @Test
    void hasAtMost256Characters() {
        assertThat(new Topic("x".repeat(256)).name()).hasSize(256);
        assertInvalid("invalid-topic", () -> new Topic("x".repeat(257)));
        assertInvalid("invalid-topic", () -> new Topic("x".repeat(1 << 20)));
    }

    @Test
    void hasAtMost16Segments() {
        assertThat(new Topic("a/".repeat(15) + "a").segments()).hasSize(16).containsOnly("a");
        assertInvalid("invalid-topic", () -> new Topic("a/".repeat(16) + "a"));
    }

    @Test
    void isTheServersOwnWhenItBeginsWithADollar() {
        assertThat(new Topic("$belfry/gap").isReserved()).isTrue();
        assertThat(new Topic("a/$b").isReserved()).isFalse();
    }
}
