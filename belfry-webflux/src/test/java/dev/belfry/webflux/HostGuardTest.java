package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.InMemoryEventLog;
import dev.belfry.Position;
import dev.belfry.testkit.RawHttp;
import dev.belfry.testkit.RawHttp2Stream;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom a server on the loopback answers, on the wire. */
class HostGuardTest {
    private static final String PATH = "/api/notifications";

    private TestServer server;

    @BeforeEach
    void start() {
        EndpointSettings d = EndpointSettings.DEFAULT;
        server = new TestServer(
                new EndpointSettings(d.wire(), d.stream(), Set.of(), Set.of(), true), new InMemoryEventLog());
    }

    @AfterEach
    void close() {
        server.close();
    }

    /** What is answered to a {@code GET} with these lines. */
    private String ask(String target, String version, String... headers) {
        String head = "GET " + target + " " + version + "\nConnection: close\n" + String.join("\n", headers);
        try (RawHttp client = RawHttp.request(server.port(), head.stripTrailing())) {
            return client.untilEnd();
        }
    }

    private static void assertProblem(String answer, int status, String code) {
        assertThat(answer)
                .startsWith("HTTP/1.1 " + status + " ")
                .containsIgnoringCase("\r\ncontent-type: application/problem+json\r\n")
                .contains("\"code\":\"" + code + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1:80", "[::1]:8080", "APP.localhost"})
    void aLoopbackNameIsAnswered(String host) {
        assertThat(ask(PATH, "HTTP/1.1", "Host: " + host)).startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.com", "127.999.999.999", "127.1", "localhost.", "192.168.1.1:80", "[::2]"})
    void anyOtherNameIsMisdirected(String host) {
        assertProblem(ask(PATH, "HTTP/1.1", "Host: " + host), 421, "not-loopback");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost:99999", "localhost:65536", "", "[localhost]", "a@localhost", "evil.com/.localhost"})
    void aHostThatIsNoneIsRefused(String host) {
        assertProblem(ask(PATH, "HTTP/1.1", "Host: " + host), 400, "invalid-host");
    }

    /** Without a body: no handler is asked. */
    @ParameterizedTest
    @ValueSource(strings = {"localhost:x", "localhost:80:80", "localhost:", "localhost:99999999999", "[::1"})
    void aHostThatReactorNettyCannotReadIsRefused(String host) {
        assertThat(ask(PATH, "HTTP/1.1", "Host: " + host)).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void aRequestHasOneHost() {
        assertProblem(ask(PATH, "HTTP/1.1"), 400, "invalid-host");
        assertProblem(ask(PATH, "HTTP/1.1", "Host: localhost", "Host: evil.com"), 400, "invalid-host");
        assertProblem(ask(PATH, "HTTP/1.1", "Host: localhost", "Host: localhost"), 400, "invalid-host");
        assertThat(ask(PATH, "HTTP/1.0")).contains(" 400 ").contains("invalid-host");
        assertThat(ask(PATH, "HTTP/1.0", "Host: localhost")).contains(" 200 ");
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost/api/notifications, 200",
        "HTTP://127.0.0.1:8080/api/notifications, 200",
        "https://[::1]/api/notifications, 200",
        "http://evil.com/api/notifications, 421",
        "http://evil.com, 421",
        "http://evil.com?localhost, 421",
        "http://localhost@evil.com/api/notifications, 400",
        "http://localhost:99999/api/notifications, 400",
        "http:///api/notifications, 400",
        "ftp://localhost/api/notifications, 400",
        "localhost:80, 400"
    })
    void theHostThatATargetNamesCounts(String target, int status) {
        assertThat(ask(target, "HTTP/1.1", "Host: localhost")).startsWith("HTTP/1.1 " + status + " ");
    }

    @Test
    void noPathIsLeftOut() {
        for (String path : new String[] {"/", "/nowhere", "/actuator/health", PATH + "/topic", "//evil.com" + PATH}) {
            assertProblem(ask(path, "HTTP/1.1", "Host: evil.com"), 421, "not-loopback");
        }
    }

    @Test
    void nothingOfAForeignPublicationIsStored() {
        Position before = server.log.head();
        String head = "POST " + PATH + " HTTP/1.1\nHost: evil.com\nContent-Length: 1\nConnection: close\n\nx";
        try (RawHttp client = RawHttp.request(server.port(), head)) {
            assertProblem(client.untilEnd(), 421, "not-loopback");
        }
        assertThat(server.log.head()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, , events",
        "LOCALHOST:80, localhost:80, events",
        "evil.com, , not-loopback",
        "localhost:99999, , invalid-host"
    })
    void overHttp2TheAuthorityIsTheHost(String authority, String host, String answer) throws Exception {
        Http2Headers request = RawHttp2Stream.get(authority);
        if (host != null) {
            request.set("host", host);
        }
        try (RawHttp2Stream stream = new RawHttp2Stream(server.port(), 1 << 16, request)) {
            stream.readUntil('"' + answer + '"');
        }
    }

    /** Netty sees to it: the stream is reset. */
    @ParameterizedTest
    @CsvSource({"localhost, evil.com", "evil.com, localhost"})
    void overHttp2TheHostIsTheAuthorityOrNone(String authority, String host) throws Exception {
        Http2Headers request = RawHttp2Stream.get(authority).set("host", host);
        try (RawHttp2Stream stream = new RawHttp2Stream(server.port(), 1 << 16, request)) {
            assertThatThrownBy(() -> stream.readUntil("events")).hasMessageContaining("ended the stream");
        }
    }
}
