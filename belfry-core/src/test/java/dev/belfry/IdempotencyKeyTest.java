package dev.belfry;

import static dev.belfry.NotificationTest.assertInvalid;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IdempotencyKeyTest {
    @Test
    void theSameBodyHasTheSameFingerprint() {
        assertThat(key("k", "body").hasFingerprint(key("other", "body").fingerprint()))
                .isTrue();
        assertThat(key("k", "a", "b").hasFingerprint(key("k", "a", "b").fingerprint()))
                .isTrue();
        assertThat(key("k", "body").fingerprint()).hasSize(32);
    }

    @Test
    void anotherBodyHasAnotherFingerprint() {
        assertThat(key("k", "body").hasFingerprint(key("k", "bodY").fingerprint()))
                .isFalse();
        assertThat(key("k").hasFingerprint(key("k", "").fingerprint())).isFalse();
    }

    @Test
    void thePartsOfABodyDoNotRunIntoEachOther() {
        IdempotencyKey key = key("k", "orders/4", "2 is ready");

        assertThat(key.hasFingerprint(key("k", "orders/42", " is ready").fingerprint()))
                .isFalse();
        assertThat(key.hasFingerprint(key("k", "orders/42 is ready").fingerprint()))
                .isFalse();
        assertThat(key.hasFingerprint(key("k", "orders/4", "2 is ready", "").fingerprint()))
                .isFalse();
    }

    @Test
    void theNameHas1To128Characters() {
        assertThat(key("x".repeat(128)).name()).hasSize(128);
        assertInvalid("invalid-idempotency-key", () -> key("x".repeat(129)));
        assertInvalid("invalid-idempotency-key", () -> key(""));
        assertInvalid("invalid-idempotency-key", () -> key("a\nb"));
    }

    private static IdempotencyKey key(String name, String... body) {
        return IdempotencyKey.of(
                name, Stream.of(body).map(part -> part.getBytes(UTF_8)).toArray(byte[][]::new));
    }
}
