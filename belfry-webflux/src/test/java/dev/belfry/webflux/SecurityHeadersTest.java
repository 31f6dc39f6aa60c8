package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.InMemoryEventLog;
import dev.belfry.testkit.RawHttp;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every answer of the endpoint says what a browser may do with it, whatever its status, and no events are stored on the way. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecurityHeadersTest {
    private static final String KEY = "Connection: Upgrade~Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==~";

    private final TestServer server = new TestServer(
            new EndpointSettings(
                    EndpointSettings.DEFAULT.wire(),
                    EndpointSettings.DEFAULT.stream(),
                    Set.of("https://app.example.com"),
                    Set.of(),
                    true),
            new InMemoryEventLog(),
            http -> http,
            List.of(),
            Authorizer.OPEN);

    @AfterAll
    void close() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /api/notifications | | 200",
                "HEAD /api/notifications | | 200",
                "GET /api/notifications | If-None-Match: * | 304",
                "GET /api/notifications | Accept: text/event-stream | 200",
                "GET /api/notifications | Accept: application/x-ndjson | 200",
                "HEAD /api/notifications | Accept: text/event-stream | 200",
                "GET /api/notifications | Accept: application/cloudevents+json | 200",
                "GET /api/notifications | Upgrade: websocket~" + KEY + "Sec-WebSocket-Version: 13 | 101",
                "GET /api/notifications | Upgrade: websocket~" + KEY + "Sec-WebSocket-Version: 12 | 426",
                "GET /api/notifications | Upgrade: websocket | 400",
                "GET /api/notifications?after=x | | 400",
                "GET /api/notifications | Accept: text/html | 406",
                "GET /api/notifications | Origin: https://evil.example | 403",
                "GET /api/notifications | Origin: https://app.example.com | 200",
                "OPTIONS /api/notifications | | 204",
                "OPTIONS /api/notifications | Origin: https://app.example.com~Access-Control-Request-Method: GET | 200",
                "PUT /api/notifications | Content-Length: 0 | 405",
                "POST /api/notifications | Content-Length: 1~~x | 201",
                "POST /api/notifications | Content-Length: 0 | 400",
                "POST /api/notifications | Content-Length: 5000000 | 413",
                "POST /api/notifications | Content-Type: image/png~Content-Length: 1~~x | 415",
                "QUERY /api/notifications | Content-Length: 0 | 400",
                "GET /api/notifications/%zz | | 400",
            })
    void itIsSaidWhateverTheAnswer(String line, String fields, int status) {
        String head = line + " HTTP/1.1\nHost: localhost\n" + (fields == null ? "" : fields.replace('~', '\n'));
        try (RawHttp http = RawHttp.request(server.port(), head.stripTrailing())) {
            assertThat(http.status()).isEqualTo(status);
            assertHasAll(http);
            assertThat(http.header("Cache-Control"))
                    .matches(
                            status == 101 || status == 204 || line.startsWith("OPTIONS")
                                    ? ".*"
                                    : ".*(no-store|private).*");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET / HTTP/1.1 | evil.example | 421",
                "GET /api/notifications HTTP/1.1 | evil.example | 421",
                "GET /nowhere HTTP/1.1 | a@b | 400",
                "GET /nowhere HTTP/2.7 | localhost | 505",
                "GET /no{where HTTP/1.1 | localhost | 400"
            })
    void alsoOfWhatIsRefusedInFrontOfIt(String line, String host, int status) {
        try (RawHttp http = RawHttp.request(server.port(), line + "\nHost: " + host)) {
            assertThat(http.status()).isEqualTo(status);
            assertHasAll(http);
        }
    }

    private static void assertHasAll(RawHttp http) {
        SecurityHeaders.forEach(
                (name, value) -> assertThat(http.header(name)).as(name).isEqualTo(value));
        for (String name :
                List.of("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Content-Security-Policy")) {
            assertThat(http.head()
                            .toLowerCase(java.util.Locale.ROOT)
                            .split("\r\n" + name.toLowerCase(java.util.Locale.ROOT) + ":", -1))
                    .as(name)
                    .hasSize(2);
        }
    }
}
