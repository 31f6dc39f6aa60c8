package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.InMemoryEventLog;
import dev.belfry.testkit.RawHttp;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What pages of other origins may do, on the wire. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OriginPolicyTest {
    private static final String APP = "https://app.example.com";

    private final TestServer server = new TestServer(
            new EndpointSettings(
                    EndpointSettings.DEFAULT.wire(),
                    EndpointSettings.DEFAULT.stream(),
                    Set.of(APP, "https://Other.example.com:8443"),
                    Set.of("HX-Request", "hx-target"),
                    false),
            new InMemoryEventLog());

    @AfterAll
    void close() {
        server.close();
    }

    private String ask(String method, String... headers) {
        String head = method + " /api/notifications?topic=a HTTP/1.1\nHost: localhost:8080\nConnection: close\n"
                + String.join("\n", headers);
        try (RawHttp client = RawHttp.request(server.port(), head.stripTrailing())) {
            return client.untilEnd();
        }
    }

    private static void assertRefused(String answer) {
        assertThat(answer)
                .startsWith("HTTP/1.1 403 ")
                .containsIgnoringCase("\r\nvary: origin\r\n")
                .containsIgnoringCase("\r\ncontent-type: application/problem+json\r\n")
                .doesNotContainIgnoringCase("access-control-")
                .contains("\"code\":\"origin-not-allowed\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "http://app.example.com",
                "https://app.example.com:8443",
                "https://app.example.com/",
                "https://app.example.com.evil.example",
                "https://user@app.example.com",
                "https://APP.example.com",
                "http://user@localhost:8080",
                "http://localhost:8081",
                "https://localhost:8080",
                "http://localhost:8080/path",
                "http://localhost:8080\nOrigin: http://localhost:8080",
                "https://app.example.com\nOrigin: https://app.example.com",
                "http://localhost:8080\nOrigin: https://evil.example",
                "https://app.example.com https://evil.example",
                "null",
                "*",
                ""
            })
    void everyOtherOriginIsRefusedInWords(String origin) {
        for (String method : new String[] {"GET", "POST", "PUT", "OPTIONS"}) {
            assertRefused(ask(method, "Origin: " + origin, "Content-Length: 0"));
        }
        assertRefused(ask("OPTIONS", "Origin: " + origin, "Access-Control-Request-Method: GET"));
        assertRefused(ask("GET", "Origin: " + origin, "Accept: text/event-stream"));
        assertRefused(ask("GET", "Origin: " + origin, "Upgrade: websocket", "Connection: Upgrade"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:8080", APP, "https://other.example.com:8443"})
    void itsOwnAndThoseOfTheListAreAnswered(String origin) {
        assertThat(ask("GET", "Origin: " + origin))
                .startsWith("HTTP/1.1 200 ")
                .containsIgnoringCase("\r\nvary: origin\r\n");
    }

    /** A browser leaves the default port of the scheme out of both, and has both in lower case; others may not. */
    @ParameterizedTest
    @CsvSource({
        "localhost, http://localhost, 200",
        "localhost:80, http://localhost, 200",
        "LOCALHOST:80, http://localhost, 200",
        "[::1]:8080, http://[::1]:8080, 200",
        "localhost:80, http://localhost:80, 403",
        "localhost, http://localhost:80, 403",
        "localhost, HTTP://LOCALHOST, 403",
        "localhost:443, http://localhost, 403",
        "localhost:443, https://localhost, 403",
        "localhost:8080, http://localhost, 403"
    })
    void theDefaultPortIsNone(String host, String origin, int status) {
        String get = "GET /api/notifications HTTP/1.1\nConnection: close\nHost: " + host + "\nOrigin: " + origin;
        try (RawHttp client = RawHttp.request(server.port(), get)) {
            assertThat(client.untilEnd()).startsWith("HTTP/1.1 " + status + " ");
        }
    }

    @Test
    void withoutAnOriginNothingIsAllowedAloud() {
        assertThat(ask("GET"))
                .startsWith("HTTP/1.1 200 ")
                .containsIgnoringCase("\r\nvary: origin\r\n")
                .doesNotContainIgnoringCase("access-control-");
    }

    @Test
    void aPageOfTheListMayReadTheAnswerAndItsHeaders() {
        assertThat(ask("GET", "Origin: " + APP))
                .containsIgnoringCase("\r\naccess-control-allow-origin: " + APP + "\r\n")
                .containsIgnoringCase("\r\naccess-control-allow-credentials: true\r\n")
                .containsIgnoringCase("\r\naccess-control-expose-headers: Belfry-More, ETag, Idempotent-Replayed, ");
    }

    @Test
    void aPreflightSaysWhatAPageMaySendAndForHowLong() {
        String answer = ask(
                "OPTIONS",
                "Origin: " + APP,
                "Access-Control-Request-Method: PUT",
                "Access-Control-Request-Headers: x-unknown");
        assertThat(answer)
                .startsWith("HTTP/1.1 200 ")
                .containsIgnoringCase("\r\naccess-control-allow-methods: GET, HEAD, QUERY, POST\r\n")
                .containsIgnoringCase("\r\naccess-control-allow-headers: Accept, Authorization, Content-Type,"
                        + " HX-Request, hx-target, Idempotency-Key, If-None-Match, Last-Event-ID, Prefer\r\n")
                .containsIgnoringCase("\r\naccess-control-max-age: 3600\r\n");
    }

    @Test
    void anotherMethodOfAnAllowedPageIsRefusedForTheMethod() {
        assertThat(ask("PUT", "Origin: " + APP, "Content-Length: 0"))
                .startsWith("HTTP/1.1 405 ")
                .containsIgnoringCase("\r\naccess-control-allow-origin: " + APP + "\r\n")
                .contains("method-not-allowed");
    }
}
