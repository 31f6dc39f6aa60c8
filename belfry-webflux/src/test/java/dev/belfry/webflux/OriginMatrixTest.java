package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.InMemoryEventLog;
import dev.belfry.Position;
import dev.belfry.testkit.RawHttp;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every door asks for the origin, whatever a request brings to show who sent it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OriginMatrixTest {
    private static final String APP = "https://app.example.com";

    private final TestServer server = new TestServer(
            new EndpointSettings(
                    EndpointSettings.DEFAULT.wire(), EndpointSettings.DEFAULT.stream(), Set.of(APP), Set.of(), false),
            new InMemoryEventLog());

    @AfterAll
    void close() {
        server.close();
    }

    /** What is asked for, and the status of what is allowed. */
    private enum Door {
        SSE("GET", 200, "Accept: text/event-stream"),
        NDJSON("GET", 200, "Accept: application/x-ndjson"),
        POLL("GET", 200, "Accept: application/json"),
        HEAD("HEAD", 200, "Accept: application/json"),
        EVENT("GET", 200, "Accept: application/cloudevents+json"),
        QUERY("QUERY", 200, "Content-Type: application/x-www-form-urlencoded\nContent-Length: 0"),
        WEBSOCKET(
                "GET",
                101,
                "Upgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 13\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
        PUBLISH("POST", 201, "Content-Length: 0\nContent-Type: text/plain"),
        OPTIONS("OPTIONS", 204, "Accept: */*"),
        PREFLIGHT(
                "OPTIONS",
                200,
                "Access-Control-Request-Method: POST\nAccess-Control-Request-Headers: authorization, idempotency-key");

        final String method;
        final int status;
        final String fields;

        Door(String method, int status, String fields) {
            this.method = method;
            this.status = status;
            this.fields = fields;
        }
    }

    /** How a request shows who sent it: a parameter of the URL, and a header. */
    private enum Carrier {
        NONE("", ""),
        HEADER("", "\nAuthorization: Bearer x"),
        COOKIE("", "\nCookie: belfry_token=x"),
        TICKET("&ticket=x", "");

        final String parameter;
        final String field;

        Carrier(String parameter, String field) {
            this.parameter = parameter;
            this.field = field;
        }
    }

    private static final List<String> FOREIGN = List.of(
            "https://evil.example",
            "null",
            "",
            "https://app.example.com.evil.example",
            "https://app.example.comevil.example",
            "https://evil-app.example.com",
            "https://sub.app.example.com",
            "https://example.com",
            "https://app.example",
            "http://app.example.com",
            "https://app.example.com:444",
            "https://app.example.com/",
            "https://app.example.com.",
            "http://localhost:8081",
            "http://localhost:8080.evil.example");

    static Stream<Arguments> doors() {
        return Stream.of(Door.values())
                .flatMap(door -> Stream.of(Carrier.values()).map(carrier -> Arguments.of(door, carrier)));
    }

    private RawHttp ask(Door door, Carrier carrier, String origin) {
        return RawHttp.request(
                server.port(),
                door.method + " /api/notifications?topic=a" + carrier.parameter + " HTTP/1.1\nHost: localhost:8080\n"
                        + door.fields + carrier.field + (origin == null ? "" : "\nOrigin: " + origin));
    }

    @ParameterizedTest
    @MethodSource("doors")
    void noDoorOpensForAPageOfAForeignOrigin(Door door, Carrier carrier) {
        Position before = server.log.head();
        for (String origin : FOREIGN) {
            try (RawHttp http = ask(door, carrier, origin)) {
                assertThat(http.status()).as(origin).isEqualTo(403);
                assertThat(http.head()).as(origin).doesNotContainIgnoringCase("access-control-");
                assertThat(http.header("Vary")).as(origin).containsIgnoringCase("origin");
            }
        }
        assertThat(server.log.head()).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("doors")
    void everyDoorOpensForAPageOfTheListAndSaysSo(Door door, Carrier carrier) {
        try (RawHttp http = ask(door, carrier, APP)) {
            assertThat(http.status()).isEqualTo(door.status);
            assertThat(http.header("Access-Control-Allow-Origin")).isEqualTo(APP);
            assertThat(http.header("Access-Control-Allow-Credentials")).isEqualTo("true");
            assertThat(http.header("Vary")).containsIgnoringCase("origin");
        }
    }

    @ParameterizedTest
    @MethodSource("doors")
    void everyDoorOpensForItsOwnPagesAndForNoPage(Door door, Carrier carrier) {
        for (String origin : new String[] {"http://localhost:8080", null}) {
            try (RawHttp http = ask(door, carrier, origin)) {
                assertThat(http.status()).isEqualTo(door == Door.PREFLIGHT ? 204 : door.status);
                assertThat(http.head()).doesNotContainIgnoringCase("access-control-");
                assertThat(http.header("Vary")).containsIgnoringCase("origin");
            }
        }
    }
}
