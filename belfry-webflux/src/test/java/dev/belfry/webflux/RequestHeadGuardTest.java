package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.testkit.RawHttp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestHeadGuardTest {
    private final TestServer server = new TestServer();

    @AfterAll
    void close() {
        server.close();
    }

    private String ask(String requestLine, String... headers) {
        String head = requestLine + "\nHost: localhost\n" + String.join("\n", headers);
        try (RawHttp client = RawHttp.request(server.port(), head.stripTrailing())) {
            return client.untilEnd();
        }
    }

    private static void assertProblem(String answer, int status, String code) {
        assertThat(answer)
                .startsWith("HTTP/1.1 " + status + " ")
                .containsIgnoringCase("\r\nconnection: close\r\n")
                .containsIgnoringCase("\r\ncontent-type: application/problem+json\r\n")
                .contains("\"code\":\"" + code + "\"")
                .endsWith("}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/3.7", "HTTP/1.2", "HTTP/0.9", "HTTP/2.7", "HTTP/9.9"})
    void anotherVersionIsRefusedInWordsOfItsOwn(String version) {
        assertProblem(ask("GET /api/notifications " + version), 505, "http-version");
        assertProblem(ask("GET /nowhere " + version), 505, "http-version");
        assertProblem(ask("GET /api/notifications " + version, "Accept: text/event-stream"), 505, "http-version");
    }

    @Test
    void aHeadOfAnotherVersionIsRefusedWithoutABody() {
        assertThat(ask("HEAD / HTTP/1.2")).startsWith("HTTP/1.1 505 ").endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/%zz",
                "/%",
                "/%4",
                "/a?b=%zz",
                "/a|b",
                "/a\"b",
                "/{a}",
                "/a\\b",
                "/a^b",
                "/a`b",
                "/<a>",
                "/a[b",
                "/\u00fc"
            })
    void aUrlThatIsNoneIsRefusedInWords(String url) {
        assertProblem(ask("GET " + url + " HTTP/1.1"), 400, "invalid-url");
        assertProblem(ask("GET /api/notifications" + url + " HTTP/1.1"), 400, "invalid-url");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:99999", "localhost:-1", "a@localhost", "a b", "[::1"})
    void aHostThatIsNoneIsRefused(String host) {
        String get = "GET /api/notifications HTTP/1.1\nConnection: close\nHost: " + host;
        try (RawHttp client = RawHttp.request(server.port(), get)) {
            assertThat(client.untilEnd()).startsWith("HTTP/1.1 400 ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a%2Fb",
                "/a%c3%BC",
                "?topic=a/*",
                "?topic=$x&after=now",
                "/~a_b-c.d!$&'()+,;=:@",
                "?topic=a[1]?b/c"
            })
    void everyOtherUrlIsLeftToTheEndpoint(String rest) {
        assertThat(ask("GET /api/notifications" + rest + " HTTP/1.1", "Connection: close"))
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void theAnswersInFrontOfItComeFirst() {
        String get = "GET /api/notifications HTTP/1.1\nHost: localhost\n\n";
        String both = get + "GET /api/notifications HTTP/1.2\nHost: localhost\n\n" + get.stripTrailing();
        try (RawHttp client = RawHttp.request(server.port(), both)) {
            String answers = client.untilEnd();
            assertThat(answers)
                    .startsWith("HTTP/1.1 200 ")
                    .contains("\"events\":[]")
                    .endsWith("}");
            assertThat(answers.substring(answers.indexOf("\"events\""))).contains("HTTP/1.1 505 ");
            assertThat(answers.split("HTTP/1.1 200 ", -1))
                    .as("nothing behind it is answered")
                    .hasSize(2);
        }
    }
}
