package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.testkit.RawHttp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Health and metrics: on a port of their own where there is one, and else nowhere. */
class ManagementIT {
    @TempDir
    private Path directory;

    @Test
    void withAPortItTellsHealthAndMetrics() throws IOException {
        int port = BelfryProcess.freePort();
        try (BelfryProcess belfry = BelfryProcess.start(directory, "--management.server.port=" + port)) {
            Http.publishNumbers(belfry, "orders/7", 0, 3);

            assertThat(actuator(port, "health").body()).contains("\"status\":\"UP\"");
            assertThat(actuator(port, "prometheus").body())
                    .containsPattern(
                            "http_server_requests_seconds_count\\{[^}]*method=\"POST\"[^}]*status=\"201\"[^}]*} 1")
                    .contains("belfry_published_total 3.0")
                    .containsPattern("belfry_streams\\{[^}]*state=\"live\"[^}]*} 0")
                    .contains("belfry_log_writable 1.0");
            assertThat(actuator(port, "health/readiness").body()).contains("\"status\":\"UP\"");
            assertThat(actuator(port, "health/liveness").body()).contains("\"status\":\"UP\"");
            assertThat(actuator(port, "env").statusCode()).isEqualTo(404);
            assertThat(Http.get(belfry.uri("/actuator/health")).statusCode()).isEqualTo(404);
            assertThatAForeignHostIsRefused(port);
        }
    }

    /** Browsers send a page's form to any origin, without asking; the port of management has no page but its own. */
    @Test
    void whatPagesOfOtherOriginsSendIsRefused() throws IOException {
        int port = BelfryProcess.freePort();
        String[] everything = {
            "--management.server.port=" + port,
            "--management.endpoints.web.exposure.include=*",
            "--management.endpoint.shutdown.access=unrestricted"
        };
        try (BelfryProcess belfry = BelfryProcess.start(directory, everything)) {
            for (String origin : List.of(
                    "https://evil.example",
                    "null",
                    "http://localhost:" + belfry.port(),
                    "http://a@localhost:" + port,
                    "http://localhost:" + port + "/path",
                    "http://localhost:" + port + "\nOrigin: http://localhost:" + port)) {
                for (String request : List.of(
                        "POST /actuator/shutdown",
                        "DELETE /actuator/caches",
                        "GET /actuator/health",
                        "OPTIONS /actuator")) {
                    assertThat(status(port, request, "Origin: " + origin))
                            .as(request)
                            .isEqualTo(403);
                }
                assertThat(status(
                                port,
                                "GET /actuator",
                                "Origin: " + origin,
                                "Upgrade: websocket",
                                "Connection: Upgrade"))
                        .isEqualTo(403);
            }
            assertThat(status(port, "GET /actuator/health", "Origin: http://localhost:" + port))
                    .isEqualTo(200);
            assertThat(status(port, "POST /actuator/shutdown")).isEqualTo(200);
        }
    }

    private static int status(int port, String request, String... headers) {
        String head =
                request + " HTTP/1.1\nHost: localhost:" + port + "\nConnection: close\n" + String.join("\n", headers);
        try (RawHttp http = RawHttp.request(port, head.stripTrailing() + "\nContent-Length: 0")) {
            return http.status();
        }
    }

    /** A page that has had its name resolve to the loopback could read them. */
    private static void assertThatAForeignHostIsRefused(int port) throws IOException {
        for (String request : List.of("GET /actuator/health", "POST /actuator/shutdown")) {
            try (RawHttp http = RawHttp.request(port, request + " HTTP/1.1\nHost: evil.example:" + port)) {
                assertThat(http.status()).isEqualTo(421);
            }
        }
    }

    @Test
    void withoutAPortItTellsNothing() {
        try (BelfryProcess belfry = BelfryProcess.start(directory)) {
            assertThat(Http.get(belfry.uri("/actuator/health")).statusCode()).isEqualTo(404);
            assertThat(Http.get(belfry.uri("/actuator/prometheus")).statusCode())
                    .isEqualTo(404);
        }
    }

    private static HttpResponse<String> actuator(int port, String path) {
        return Http.get(URI.create("http://127.0.0.1:" + port + "/actuator/" + path));
    }
}
