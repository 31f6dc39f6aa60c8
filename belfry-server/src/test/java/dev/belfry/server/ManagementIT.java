package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.testkit.RawHttp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
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

    /** A page that has had its name resolve to the loopback could read them. */
    private static void assertThatAForeignHostIsRefused(int port) throws IOException {
        try (RawHttp http = RawHttp.request(port, "GET /actuator/health HTTP/1.1\nHost: evil.example")) {
            assertThat(http.status()).isEqualTo(421);
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
