package dev.belfry.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.Data;
import dev.belfry.Notification;
import dev.belfry.Publication;
import dev.belfry.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublishRequestTest {
    private static Publication publication(String rest, String type, byte[] body, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        if (type != null) {
            all.addAll(List.of("Content-Type", type));
        }
        return new PublishRequest(new TestHead(rest, all), WireSettings.DEFAULT).toPublication(body);
    }

    private static Notification one(String rest, String type, String body) {
        return publication(rest, type, body.getBytes(UTF_8)).notifications().get(0);
    }

    private static void assertRefused(String code, ThrowingCallable call) {
        assertThatThrownBy(call).satisfies(e -> assertThat(Problem.of(e).code()).isEqualTo(code));
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/json;charset=utf-8", "Application/JSON"})
    void jsonIsANotification(String type) {
        assertThat(one("", type, "{\"data\":[1]}").data().toString()).isEqualTo("[1]");
    }

    @Test
    void ndjsonIsABatch() {
        assertThat(publication("", "application/x-ndjson", "{\"data\":1}\n{\"data\":2}\n".getBytes(UTF_8))
                        .notifications())
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"text/plain", "text/markdown", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded"})
    void aTextIsDataAsItIs(String type) {
        assertThat(one("", type, " {\"data\":1}&a=b%20\r\n").data()).isEqualTo(Data.text(" {\"data\":1}&a=b%20\r\n"));
        assertThat(one("", type, "").data()).isEqualTo(Data.EMPTY);
    }

    @Test
    void withoutATypeItIsATextUnlessThereIsNothing() {
        assertThat(one("", null, "x").data()).isEqualTo(Data.text("x"));
        assertRefused("empty-body", () -> one("", null, ""));
    }

    @Test
    void aBodyThatSomebodyElseHasReadIsRefused() {
        assertRefused(
                "body-missing",
                () -> publication("", "application/x-www-form-urlencoded", new byte[0], "Content-Length", "11"));
    }

    @Test
    void aTextIsReadInItsCharset() {
        assertThat(publication("", "text/plain;charset=iso-8859-1", "\u00E9".getBytes(ISO_8859_1))
                        .notifications()
                        .get(0)
                        .data())
                .isEqualTo(Data.text("\u00E9"));
        assertRefused("invalid-charset", () -> publication("", "text/plain", new byte[] {(byte) 0xE9}));
        assertRefused(
                "invalid-charset",
                () -> publication("", "text/plain", new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/xml",
                "multipart/form-data; boundary=x",
                "application/octet-stream",
                "nonsense",
                "text/plain;charset=nonsense",
                "application/problem+json"
            })
    void otherTypesAreNotSupported(String type) {
        assertRefused("unsupported-media-type", () -> one("", type, "{\"data\":1}"));
    }

    @ParameterizedTest
    @CsvSource({"/a/b, a/b", "/a%2Fb, a/b", "?topic=a/b, a/b", "/a?topic=b, a", "'', notifications", "/, notifications"
    })
    void theTopicComesFromTheUrl(String rest, String topic) {
        assertThat(one(rest, "text/plain", "x").topics()).containsExactly(new Topic(topic));
        assertThat(one(rest, "application/json", "{\"data\":1}").topics()).containsExactly(new Topic(topic));
    }

    @Test
    void theRestOfATextsNotificationIsInTheQuery() {
        Notification read = one("/t?event=e&ttl=PT1M&public=true", "text/plain", "x");
        assertThat(read.event()).isEqualTo("e");
        assertThat(read.ttl()).isEqualTo(Duration.ofMinutes(1));
        assertThat(read.isPublic()).isTrue();
        assertThat(one("?public=false", "text/plain", "x").isPublic()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "?event=a%0Db, invalid-event",
        "?event=, invalid-event",
        "?event=belfry.gap, reserved-event",
        "?ttl=x, invalid-ttl",
        "?ttl=0, invalid-ttl",
        "?public=yes, invalid-public",
        "?public=, invalid-public",
        "/a/*, invalid-topic",
        "/a%0Ab, invalid-topic",
        "/a%00b, invalid-topic",
        "/a/**/b, invalid-topic",
        "?topic=, invalid-topic",
        "/$sys, reserved-topic",
    })
    void aUrlThatBreaksARuleIsRefused(String rest, String code) {
        assertRefused(code, () -> one(rest, "text/plain", "x"));
    }

    @Test
    void anEmptyBatchIsRefused() {
        assertRefused("empty-batch", () -> one("", "application/json", "[]"));
        assertRefused("empty-batch", () -> one("", "application/x-ndjson", ""));
    }

    @Test
    void aKeyStandsForUrlTypeAndBody() {
        Publication first = keyed("/a", "text/plain", "x", "k");
        assertThat(keyed("/a", "text/plain", "x", "\"k\"").key().name()).isEqualTo("k");
        assertThat(first.key()
                        .hasFingerprint(
                                keyed("/a", "text/plain", "x", "k").key().fingerprint()))
                .isTrue();
        assertThat(first.key()
                        .hasFingerprint(
                                keyed("/b", "text/plain", "x", "k").key().fingerprint()))
                .isFalse();
        assertThat(first.key()
                        .hasFingerprint(
                                keyed("/a?ttl=1", "text/plain", "x", "k").key().fingerprint()))
                .isFalse();
        assertThat(first.key()
                        .hasFingerprint(keyed("/a", "text/html", "x", "k").key().fingerprint()))
                .isFalse();
        assertThat(first.key()
                        .hasFingerprint(
                                keyed("/a", "text/plain", "y", "k").key().fingerprint()))
                .isFalse();
        assertRefused("invalid-idempotency-key", () -> keyed("/a", "text/plain", "x", "k".repeat(129)));
        assertRefused("invalid-idempotency-key", () -> keyed("/a", "text/plain", "x", ""));
    }

    private static Publication keyed(String rest, String type, String body, String key) {
        return publication(rest, type, body.getBytes(UTF_8), "Idempotency-Key", key);
    }
}
