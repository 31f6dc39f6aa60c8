package dev.belfry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.BelfryException.InvalidInput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NotificationTest {
    private static final List<Topic> TOPICS = List.of(new Topic("a"));

    /** Whatever could end a line, a header or a string on the way, and what UTF-8 has no bytes for. */
    static List<String> forbidden() {
        List<String> forbidden = new ArrayList<>();
        for (char c = 0; c < ' '; c++) {
            forbidden.add(String.valueOf(c));
        }
        for (char c = 0x7F; c <= 0x9F; c++) {
            forbidden.add(String.valueOf(c));
        }
        Collections.addAll(forbidden, "\r\n", "\u2028", "\u2029", "\uFEFF", "\uD800", "\uDC00", "\uDC00\uD800");
        Collections.addAll(forbidden, "\uFFFE", "\uFFFF", "\uFDD0", "\uDBFF\uDFFF");
        return forbidden;
    }

    @ParameterizedTest
    @MethodSource("forbidden")
    void noNameHasControlCharacters(String forbidden) {
        for (String name : List.of(forbidden, forbidden + "x", "x" + forbidden, "x" + forbidden + "y")) {
            assertInvalid("invalid-event", () -> named(name));
            assertInvalid("invalid-alias", () -> named("e").withAlias(name));
            assertInvalid("invalid-topic", () -> new Topic(name));
            assertInvalid("invalid-pattern", () -> TopicPattern.of(name));
            assertInvalid("invalid-idempotency-key", () -> IdempotencyKey.of(name));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ",
                "a b",
                "é",
                "中文",
                "\uD83D\uDD14",
                "\uD83D\uDC69\u200D\uD83D\uDC67",
                "a:b",
                "belfry",
                "Belfry.x"
            })
    void otherNamesAreFine(String name) {
        assertThat(named(name).event()).isEqualTo(name);
    }

    @Test
    void aCharacterThatThisJdkDoesNotKnowYetIsFine() {
        String newerThanJava17 = new String(Character.toChars(0x1FAE0));
        String notYetGiven = new String(Character.toChars(0x3FFF0));

        assertThat(new Topic(newerThanJava17 + notYetGiven).name()).hasSize(4);
    }

    @Test
    void anEventNameHas1To128Characters() {
        assertThat(named("x".repeat(128)).event()).hasSize(128);
        assertInvalid("invalid-event", () -> named("x".repeat(129)));
        assertInvalid("invalid-event", () -> named(""));
    }

    @Test
    void aNotificationHas1To16Topics() {
        assertThat(about(Collections.nCopies(16, TOPICS.get(0))).topics()).hasSize(16);
        assertInvalid("invalid-topic", () -> about(Collections.nCopies(17, TOPICS.get(0))));
        assertInvalid("invalid-topic", () -> about(List.of()));
    }

    @Test
    void aTtlIsOneMillisecondTo36500Days() {
        assertThat(living(Duration.ofMillis(1)).ttl()).isEqualTo(Duration.ofMillis(1));
        assertThat(living(Duration.ofDays(36_500)).ttl()).isEqualTo(Duration.ofDays(36_500));
        assertThat(living(null).ttl()).isNull();
        assertInvalid("invalid-ttl", () -> living(Duration.ZERO));
        assertInvalid("invalid-ttl", () -> living(Duration.ofSeconds(-1)));
        assertInvalid("invalid-ttl", () -> living(Duration.ofNanos(999_999)));
        assertInvalid("invalid-ttl", () -> living(Duration.ofDays(36_500).plusMillis(1)));
        assertInvalid("invalid-ttl", () -> living(Duration.ofSeconds(Long.MAX_VALUE)));
    }

    @Test
    void aTtlIsInWholeMillisecondsAsTheLogKeepsIt() {
        assertThat(living(Duration.ofNanos(1_999_999))).isEqualTo(living(Duration.ofMillis(1)));
    }

    @Test
    void theTopicsAreACopy() {
        List<Topic> topics = new ArrayList<>(TOPICS);
        Notification notification = about(topics);
        topics.clear();

        assertThat(notification.topics()).isEqualTo(TOPICS);
    }

    @Test
    void dataHasNoUnpairedSurrogates() {
        assertInvalid("invalid-data", () -> Data.text("a\uD800b"));
        assertInvalid("invalid-data", () -> Data.text("\uDC00"));
        assertThat(Data.text("a\uD83D\uDD14\r\n\0b").toString()).isEqualTo("a\uD83D\uDD14\r\n\0b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"belfry.", "belfry.gap", "belfry.anything"})
    void theServersEventNamesAreRefusedWhenPublished(String name) {
        assertInvalid("reserved-event", () -> Publication.of(Notification.of("a", "x"), named(name)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"$", "$belfry", "$belfry/gap", "$x/y"})
    void theServersTopicsAreRefusedWhenPublished(String name) {
        Notification first = about(List.of(new Topic(name)));
        Notification second = about(List.of(TOPICS.get(0), new Topic(name)));

        assertInvalid("reserved-topic", () -> Publication.of(first));
        assertInvalid("reserved-topic", () -> Publication.of(Notification.of("a", "x"), second));
    }

    @Test
    void namesThatOnlyLookLikeTheServersAreFine() {
        Notification notification = about(List.of(new Topic("a/$b"), new Topic("a$")));

        assertThatCode(() -> Publication.of(notification, named("belfry"), named("x.belfry.gap")))
                .doesNotThrowAnyException();
    }

    @Test
    void aBatchHasAtLeastOneNotification() {
        assertInvalid("empty-batch", Publication::of);
    }

    private static Notification named(String event) {
        return new Notification(TOPICS, event, Data.EMPTY, false, null);
    }

    private static Notification about(List<Topic> topics) {
        return new Notification(topics, "e", Data.EMPTY, false, null);
    }

    private static Notification living(Duration ttl) {
        return new Notification(TOPICS, "e", Data.EMPTY, false, ttl);
    }

    static void assertInvalid(String code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        InvalidInput.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
