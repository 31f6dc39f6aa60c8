package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.testkit.RawHttp;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DNS rebinding: a server on the loopback answers to no other name, whatever the path and the method. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostMatrixIT {
    private static final List<String> FOREIGN = List.of(
            "evil.example",
            "evil.example:8080",
            "localhost.evil.example",
            "evillocalhost",
            "127.0.0.1.evil.example",
            "127.0.0.1.nip.io",
            "localhost.",
            "0.0.0.0",
            "10.0.0.1",
            "[::2]",
            "[::ffff:127.0.0.1]");

    private BelfryProcess belfry;

    @BeforeAll
    void start(@TempDir Path directory) {
        belfry = BelfryProcess.start(directory);
    }

    @AfterAll
    void stop() {
        belfry.close();
    }

    private RawHttp ask(String method, String path, String host) {
        return RawHttp.request(
                belfry.port(),
                method + " " + path + " HTTP/1.1\nHost: " + host + "\nContent-Length: 0\nConnection: close");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/api/notifications",
                "/api/notifications/",
                "/api/notifications/orders/42",
                "/api/notifications?topic=a",
                "/api/tickets",
                "/api/subscribers",
                "/api/topics",
                "/.well-known/mercure",
                "/.well-known/mercure/subscriptions",
                "/actuator/health",
                "/favicon.ico",
                "/nowhere",
                "//nowhere"
            })
    void noPathIsForAnotherName(String path) {
        for (String host : FOREIGN) {
            for (String method : List.of("GET", "HEAD", "POST", "QUERY", "OPTIONS", "DELETE", "PUT")) {
                try (RawHttp http = ask(method, path, host)) {
                    assertThat(http.status()).as("%s for %s", method, host).isEqualTo(421);
                    assertThat(http.header("X-Content-Type-Options")).isEqualTo("nosniff");
                }
            }
        }
        for (String host : List.of("localhost", "127.0.0.1:1", "[::1]:8080", "app.localhost")) {
            try (RawHttp http = ask("OPTIONS", path, host)) {
                assertThat(http.status()).as("for %s", host).isNotEqualTo(421);
            }
        }
    }
}
