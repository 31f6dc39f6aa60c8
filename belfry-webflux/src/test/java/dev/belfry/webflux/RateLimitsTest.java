package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.InMemoryEventLog;
import dev.belfry.Permissions;
import dev.belfry.TopicPattern;
import dev.belfry.testkit.RawHttp;
import dev.belfry.testkit.Wire;
import dev.belfry.webflux.LimitSettings.Rate;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** What a client is answered beyond its limits, on the wire. */
class RateLimitsTest {
    private static final String UPGRADE = "Upgrade: websocket\nConnection: Upgrade\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13";
    private static final Rate THREE_A_DAY = new Rate(3, Duration.ofDays(1));

    private TestServer server;

    @AfterEach
    void close() {
        server.close();
    }

    private void start(LimitSettings limits) {
        EndpointSettings d = EndpointSettings.DEFAULT;
        server = new TestServer(d.withLimits(limits), new InMemoryEventLog(), http -> http, List.of(), exchange -> {
            String subject = exchange.getRequest().getHeaders().getFirst("Authorization");
            Set<dev.belfry.TopicSelector> all = Set.of(TopicPattern.ALL);
            return Mono.just(new Permissions(subject, all, all, null));
        });
    }

    private RawHttp ask(String method, String subject, String... fields) {
        String head = method + " /api/notifications/a HTTP/1.1\nHost: localhost\nAuthorization: " + subject + "\n"
                + String.join("\n", fields);
        return RawHttp.request(server.port(), head.stripTrailing());
    }

    private String post(String subject, String type, String body) {
        String[] fields = {"Content-Type: " + type, "Content-Length: " + body.length(), "Connection: close", "", body};
        try (RawHttp http = ask("POST", subject, fields)) {
            return http.untilEnd();
        }
    }

    private static void assertRateLimited(String answer) {
        assertThat(answer)
                .startsWith("HTTP/1.1 429 ")
                .containsPattern("(?i)\r\nretry-after: [1-9][0-9]*\r\n")
                .contains("\"code\":\"rate-limited\"");
    }

    @Test
    void publishingBeyondTheRateIsToldWhenToComeAgain() {
        start(new LimitSettings(THREE_A_DAY, null, null, null, null, null));
        assertThat(post("ann", "application/json", "[{\"data\":1},{\"data\":2}]"))
                .startsWith("HTTP/1.1 201 ");
        assertRateLimited(post("ann", "application/json", "[{\"data\":1},{\"data\":2}]"));
        assertThat(post("ann", "text/plain", "x")).startsWith("HTTP/1.1 201 ");
        assertRateLimited(post("ann", "text/plain", "x"));
        assertThat(post("bob", "text/plain", "x")).startsWith("HTTP/1.1 201 ");
        assertThat(server.log.status().keptEvents())
                .as("nothing of what was refused")
                .isEqualTo(4);
    }

    @Test
    void withAnEmptyBucketNoBodyIsWaitedFor() {
        start(new LimitSettings(THREE_A_DAY, null, null, null, null, null));
        post("ann", "application/json", "[{\"data\":1},{\"data\":1},{\"data\":1}]");
        try (RawHttp http = ask("POST", "ann", "Content-Length: 1000000")) {
            assertThat(http.status()).isEqualTo(429);
        }
    }

    @Test
    void aWebSocketIsToldInBandAndStays() {
        start(new LimitSettings(THREE_A_DAY, null, null, null, null, null));
        try (RawHttp http = ask("GET", "ann", UPGRADE)) {
            http.untilContains("\r\n\r\n");
            for (int i = 0; i < 4; i++) {
                say(http, "{\"op\":\"publish\",\"ref\":" + i + ",\"notification\":{\"data\":1}}");
            }
            http.untilContains("{\"op\":\"error\",\"ref\":\"3\",\"code\":\"rate-limited\"");
            http.untilContains("{\"op\":\"published\",\"ref\":\"2\"");
            say(http, "{\"op\":\"ping\",\"ref\":\"p\"}");
            http.untilContains("{\"op\":\"pong\",\"ref\":\"p\"}");
        }
    }

    private static void say(RawHttp client, String message) {
        client.send(Wire.clientText(message));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Accept: application/x-ndjson", UPGRADE, "Prefer: wait=30"})
    void oneStreamTooManyIsRefusedUntilAnotherEnds(String kind) {
        start(new LimitSettings(null, null, null, null, 1, null));
        try (RawHttp first = ask("GET", "ann", kind)) {
            await().until(() -> server.streams.size() == 1);
            for (String other : List.of("Accept: application/x-ndjson", UPGRADE, "Prefer: wait=30")) {
                try (RawHttp refused = ask("GET", "ann", other)) {
                    assertRateLimited(refused.untilContains("}"));
                }
            }
            try (RawHttp bob = ask("GET", "bob", kind)) {
                await().until(() -> server.streams.size() == 2);
                assertThat(bob.text()).isEmpty();
            }
            assertThat(first.text()).isEmpty();
        }
        await().until(() -> server.streams.size() == 0);
        await().untilAsserted(() -> {
            try (RawHttp again = ask("GET", "ann", UPGRADE)) {
                assertThat(again.status()).isEqualTo(101);
            }
        });
    }

    /** Which would never come back after another status. */
    @Test
    void aBrowsersEventSourceIsToldToComeAgain() {
        start(new LimitSettings(null, null, null, null, 1, null));
        try (RawHttp first = ask("GET", "ann", "Accept: text/event-stream")) {
            first.untilContains("retry: ");
            try (RawHttp refused = ask("GET", "ann", "Accept: text/event-stream", "Connection: close")) {
                assertThat(refused.bodyToEnd()).matches(":\nretry: [78]\\d{3}\n\n");
                assertThat(refused.status()).isEqualTo(200);
            }
        }
    }

    @Test
    void streamsThatBeginAreCountedAndPollsAreNot() {
        start(new LimitSettings(null, null, THREE_A_DAY, null, null, null));
        for (int i = 0; i < 3; i++) {
            try (RawHttp http = ask("GET", "ann", UPGRADE)) {
                assertThat(http.status()).isEqualTo(101);
            }
        }
        try (RawHttp refused = ask("GET", "ann", UPGRADE)) {
            assertRateLimited(refused.untilContains("}"));
        }
        try (RawHttp poll = ask("GET", "ann", "Connection: close")) {
            assertThat(poll.status()).isEqualTo(200);
        }
    }
}
