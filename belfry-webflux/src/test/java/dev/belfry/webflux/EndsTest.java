package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.InMemoryEventLog;
import dev.belfry.LogSettings;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.testkit.ManualClock;
import dev.belfry.testkit.RawHttp;
import dev.belfry.testkit.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client sees when its token ends, and when it shows another one in time. */
class EndsTest {
    private static final String ENDPOINT = "/api/notifications";
    private static final String UPGRADE = "Upgrade: websocket\nConnection: Upgrade\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13";
    private static final String EXPIRED = "\"reason\":\"token-expired\"";

    private final ManualClock clock = new ManualClock();
    private final TestServer server = new TestServer(
            EndpointSettings.DEFAULT,
            new InMemoryEventLog(LogSettings.DEFAULT.withClock(clock)),
            http -> http,
            List.of(),
            new TestTokens(clock));

    @AfterEach
    void close() {
        server.close();
    }

    private void publish(String topic, String text) {
        server.log.append(Publication.of(Notification.of(topic, text))).join();
    }

    private String token(String patterns, long seconds) {
        return TestTokens.of("me", patterns, clock.instant().plusSeconds(seconds));
    }

    private RawHttp get(String rest, String token, String... headers) {
        String head = "GET " + ENDPOINT + rest + " HTTP/1.1\nHost: localhost\nAuthorization: " + token + "\n";
        return RawHttp.request(server.port(), head + String.join("\n", headers));
    }

    private RawHttp socket(String rest, String token) {
        RawHttp client = get(rest, token, UPGRADE);
        client.untilContains("\r\n\r\n");
        return client;
    }

    private static void say(RawHttp client, String message) {
        client.send(Wire.clientText(message.replace('\'', '"')));
    }

    // ---- the end of a token

    @ParameterizedTest
    @CsvSource({"text/event-stream", "application/x-ndjson"})
    void aStreamEndsWithItsTokenAndSaysWhy(String accept) {
        try (RawHttp client = get("", token("a", 60), "Accept: " + accept)) {
            client.untilContains("\r\n\r\n");
            publish("a", "before");
            client.untilContains("before");
            clock.advance(Duration.ofSeconds(60));
            assertThat(client.untilEnd()).contains("belfry.end", EXPIRED).endsWith("\r\n0\r\n\r\n");
        }
    }

    @Test
    void aWebSocketEndsWithItsTokenAndSaysWhy() {
        try (RawHttp client = socket("", token("a", 60))) {
            publish("a", "before");
            client.untilContains("before");
            clock.advance(Duration.ofSeconds(60));
            String all = client.untilEnd();
            assertThat(all).contains("\"event\":\"belfry.end\"", EXPIRED);
            // the close frame: 3000, and the reason
            assertThat(all).endsWith("\u0088\u000F\u000B\u00B8token-expired");
        }
    }

    @Test
    void aLongPollWhoseTokenEndsIsRefusedAtThatTime() {
        // by the clock of the wait, which is real
        Instant soon = clock.instant().plusMillis(300);
        try (RawHttp client =
                get("?after=now", TestTokens.of("me", "a", soon), "Accept: application/json", "Prefer: wait=50")) {
            await().until(() -> server.streams.size() == 1);
            clock.set(soon);
            assertThat(client.status()).isEqualTo(401);
            assertThat(client.header("WWW-Authenticate")).isEqualTo("Bearer error=\"invalid_token\"");
            assertThat(client.bodyByLength()).contains("\"code\":\"token-expired\"");
        }
        assertThat(server.streams.size()).isZero();
    }

    @Test
    void whatComesWhenTheTokenOfALongPollHasEndedIsNotDelivered() {
        try (RawHttp client = get("?after=now", token("a", 60), "Accept: application/json", "Prefer: wait=50")) {
            await().until(() -> server.streams.size() == 1);
            clock.advance(Duration.ofSeconds(60));
            publish("a", "too late");
            assertThat(client.status()).isEqualTo(401);
            assertThat(client.bodyByLength()).doesNotContain("too late");
        }
    }

    @Test
    void aReconnectWithNarrowerGrantsGetsNothingOfTheOld() {
        publish("a", "mine");
        publish("b", "secret");
        publish("a", "the end");
        for (String accept : List.of("text/event-stream", "application/x-ndjson", "application/json")) {
            try (RawHttp client = get("?after=earliest", token("a,b", 60), "Accept: " + accept)) {
                assertThat(client.untilContains("the end")).contains("mine", "secret");
            }
            try (RawHttp client = get("?after=earliest", token("a", 60), "Accept: " + accept)) {
                assertThat(client.untilContains("the end")).contains("mine").doesNotContain("secret");
            }
        }
    }

    // ---- another token

    @Test
    void aWebSocketThatShowsANewTokenStays() {
        try (RawHttp client = socket("", token("a", 60))) {
            say(client, "{'op':'auth','ref':'1','token':'" + token("a", 600) + "'}");
            client.untilContains("{\"op\":\"authorized\",\"ref\":\"1\",\"expires\":\"2026-01-01T00:10:00Z\"}");
            clock.advance(Duration.ofSeconds(500));
            publish("a", "later");
            client.untilContains("later");
            say(client, "{'op':'publish','ref':'2','notification':{'topic':'a','data':1}}");
            client.untilContains("{\"op\":\"published\",\"ref\":\"2\"");
            clock.advance(Duration.ofSeconds(100));
            assertThat(client.untilEnd()).contains(EXPIRED);
        }
    }

    @Test
    void aTokenWithFewerGrantsTakesEffectAtOnce() {
        try (RawHttp client = socket("?topic=*", token("a,b", 60))) {
            publish("b", "allowed");
            client.untilContains("allowed");
            say(client, "{'op':'auth','token':'" + token("a", 60) + "'}");
            client.untilContains("authorized");
            publish("b", "secret");
            Position before = server.log.head();
            say(client, "{'op':'publish','ref':'1','notification':{'topic':'b','data':1}}");
            client.untilContains("{\"op\":\"error\",\"ref\":\"1\",\"code\":\"forbidden\"");
            assertThat(server.log.head()).isEqualTo(before);
            say(client, "{'op':'subscribe','topic':'b'}");
            client.untilContains("subscribed");
            publish("b", "secret");
            publish("a", "the end");
            assertThat(client.untilContains("the end")).doesNotContain("secret");
        }
    }

    @Test
    void aTokenWithMoreGrantsTakesEffectFromHereOn() {
        try (RawHttp client = socket("?topic=*", token("a", 60))) {
            publish("b", "secret");
            publish("a", "behind it");
            client.untilContains("behind it");
            say(client, "{'op':'auth','token':'" + token("a,b", 60) + "'}");
            client.untilContains("authorized");
            publish("b", "allowed");
            assertThat(client.untilContains("allowed")).doesNotContain("secret");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"wrong", "nothing", "other;a,b;2027-01-01T00:00:00Z", "me;a,b;2025-01-01T00:00:00Z"})
    void aTokenThatIsRefusedLeavesAllAsItWas(String token) {
        try (RawHttp client = socket("?topic=*", token("a", 60))) {
            say(client, "{'op':'auth','ref':'1','token':'" + token + "'}");
            client.untilContains("{\"op\":\"error\",\"ref\":\"1\",\"code\":");
            publish("b", "secret");
            publish("a", "mine");
            assertThat(client.untilContains("mine")).doesNotContain("secret", token);
            clock.advance(Duration.ofSeconds(60));
            assertThat(client.untilEnd()).contains(EXPIRED);
        }
    }

    @Test
    void aTokenIsAStringOfABoundedLength() {
        try (RawHttp client = socket("", token("a", 60))) {
            say(client, "{'op':'auth','ref':'1','token':'" + "x".repeat(8193) + "'}");
            client.untilContains("\"ref\":\"1\",\"code\":\"invalid-token\"");
            say(client, "{'op':'auth','ref':'2'}");
            client.untilContains("\"ref\":\"2\",\"code\":\"missing-token\"");
            say(client, "{'op':'ping','ref':'3','token':'x'}");
            client.untilContains("\"ref\":\"3\",\"code\":\"unknown-field\"");
        }
    }
}
