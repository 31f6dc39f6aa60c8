package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.InMemoryEventLog;
import dev.belfry.Notification;
import dev.belfry.Publication;
import dev.belfry.stream.MemoryBudget;
import dev.belfry.stream.MemoryBudget.Use;
import dev.belfry.testkit.LeakProbe;
import dev.belfry.testkit.RawHttp;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.filter.reactive.HiddenHttpMethodFilter;

/** {@code QUERY}: a {@code GET} whose parameters are in its body. */
class QueryMethodTest {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String LONG_PREFIX = "segment/".repeat(30);

    private final TestServer server = new TestServer(
            EndpointSettings.DEFAULT,
            new InMemoryEventLog(),
            http -> http,
            List.of(new HiddenHttpMethodFilter()),
            Authorizer.OPEN);

    @AfterEach
    void close() {
        await().until(() -> server.streams.budget().heldBytes() == 0);
        server.close();
    }

    @AfterAll
    static void nothingHasLeaked() {
        LeakProbe.assertNoLeaks();
    }

    private void publish(String topic) {
        server.log.append(Publication.of(Notification.of(topic, "of " + topic))).join();
    }

    private RawHttp query(String rest, String type, String body, String... fields) {
        String head = "QUERY /api/notifications" + rest + " HTTP/1.1\nHost: localhost\nContent-Length: " + body.length()
                + (type == null ? "" : "\nContent-Type: " + type);
        String all = fields.length == 0 ? head : head + "\n" + String.join("\n", fields);
        return RawHttp.request(server.port(), all).send(body);
    }

    /** More topics than any URL holds. */
    private static String manyTopics() {
        return IntStream.range(0, 256).mapToObj(i -> "topic=" + LONG_PREFIX + i).collect(Collectors.joining("&"));
    }

    @Test
    void aPollAsksForMoreTopicsThanAUrlHolds() {
        publish(LONG_PREFIX + 255);
        publish("other");
        try (RawHttp http = query("", FORM, manyTopics(), "Connection: close")) {
            assertThat(http.status()).isEqualTo(200);
            assertThat(http.header("Accept-Query")).isEqualTo(FORM);
            assertThat(http.bodyToEnd()).contains("255\"").doesNotContain("other");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream", "application/x-ndjson"})
    void aStreamDoes(String accept) {
        publish(LONG_PREFIX + 255);
        try (RawHttp http = query("", FORM, manyTopics() + "&after=earliest", "Accept: " + accept)) {
            http.untilContains("of " + LONG_PREFIX + 255);
            publish("other");
            publish(LONG_PREFIX + 7);
            assertThat(http.untilContains("of " + LONG_PREFIX + "7")).doesNotContain("other");
        }
    }

    @Test
    void aLongPollDoesAndHoldsItsBodyUntilItIsAnswered() {
        try (RawHttp http = query("", FORM, manyTopics(), "Prefer: wait=30", "Connection: close")) {
            await().until(() -> server.streams.size() == 1);
            assertThat(server.streams.budget().heldBytes())
                    .isGreaterThan(manyTopics().length());
            publish(LONG_PREFIX + 3);
            assertThat(http.bodyToEnd()).contains("of " + LONG_PREFIX + "3");
        }
    }

    @Test
    void theBodyCountsBesideThePathAndTheQuery() {
        for (String topic : List.of("path", "query", "body", "other")) {
            publish(topic);
        }
        try (RawHttp http = query("/path?topic=query", FORM, "topic=body&limit=9", "Connection: close")) {
            assertThat(http.bodyToEnd())
                    .contains("of path")
                    .contains("of query")
                    .contains("of body")
                    .doesNotContain("of other");
        }
    }

    @Test
    void anEmptyBodyAddsNothing() {
        publish("a");
        try (RawHttp http = query("?topic=a", FORM, "", "Connection: close")) {
            assertThat(http.bodyToEnd()).contains("of a");
        }
    }

    @Test
    void theAnswerIsValidatedAsThatOfAGet() {
        publish("a");
        String etag;
        try (RawHttp http = query("", FORM, "topic=a", "Connection: close")) {
            etag = http.header("ETag");
        }
        try (RawHttp http = query("", FORM, "topic=a", "Connection: close", "If-None-Match: " + etag)) {
            assertThat(http.status()).isEqualTo(304);
        }
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "none, topic=a, 400, missing-content-type",
                "text/plain, topic=a, 415, unsupported-media-type",
                "nonsense, topic=a, 415, unsupported-media-type",
                "application/x-www-form-urlencoded;charset=utf-16, topic=a, 415, unsupported-media-type",
                "application/x-www-form-urlencoded;charset=x, topic=a, 415, unsupported-media-type",
                "application/x-www-form-urlencoded, topic=%zz, 400, invalid-query",
                "application/x-www-form-urlencoded, topic=%FF, 400, invalid-query",
                "application/x-www-form-urlencoded, topic=, 400, invalid-pattern",
                "application/x-www-form-urlencoded, topic=a%0Ab, 400, invalid-pattern",
                "application/x-www-form-urlencoded, after=x, 400, invalid-cursor",
                "application/x-www-form-urlencoded, limit=0, 400, invalid-limit",
            })
    void aBadBodyIsRefusedInWords(String type, String body, int status, String code) {
        try (RawHttp http = query("", type, body, "Connection: close")) {
            assertThat(http.status()).isEqualTo(status);
            assertThat(http.header("Accept-Query")).isEqualTo(FORM);
            assertThat(http.bodyByLength()).contains("\"code\":\"" + code + "\"");
        }
    }

    @Test
    void tooMuchIsRefused() {
        String topics = IntStream.range(0, 257).mapToObj(i -> "topic=" + i).collect(Collectors.joining("&"));
        try (RawHttp http = query("", FORM, topics, "Connection: close")) {
            assertThat(http.bodyByLength()).contains("too-many-topics");
        }
        try (RawHttp http = query("", FORM, "topic=a&".repeat(512), "Connection: close")) {
            assertThat(http.bodyByLength()).contains("a body has at most 512 parameters");
        }
        String head = "QUERY /api/notifications HTTP/1.1\nHost: localhost\nContent-Type: " + FORM
                + "\nContent-Length: 5000000";
        try (RawHttp http = RawHttp.request(server.port(), head)) {
            assertThat(http.status()).isEqualTo(413);
        }
    }

    @Test
    void withoutRoomForItsBodyItIsToldToComeAgain() {
        try (MemoryBudget.Hold all = server.streams.budget().open(Use.PUBLICATIONS, null);
                MemoryBudget.Hold small = server.streams.budget().open(Use.SMALL_PUBLICATIONS, null)) {
            all.force(1L << 40);
            small.force(1L << 40);
            try (RawHttp http = query("", FORM, manyTopics())) {
                assertThat(http.status()).isEqualTo(503);
                http.untilContains("too-many-bodies");
            }
        }
    }

    @Test
    void noWebSocketBeginsWithIt() {
        try (RawHttp http = query(
                "",
                FORM,
                "",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")) {
            assertThat(http.untilContains("}")).startsWith("HTTP/1.1 400 ").contains("invalid-handshake");
        }
    }

    @Test
    void optionsSaysThatItIsThereAndWhatItTakes() {
        try (RawHttp http = RawHttp.request(
                server.port(), "OPTIONS /api/notifications HTTP/1.1\nHost: localhost\nConnection: close")) {
            assertThat(http.header("Allow").split(", ")).contains("QUERY");
            assertThat(http.header("Accept-Query")).isEqualTo(FORM);
        }
    }
}
