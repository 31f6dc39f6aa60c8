package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.InMemoryEventLog;
import dev.belfry.testkit.RawHttp;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.filter.reactive.HiddenHttpMethodFilter;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Publications behind filters that look into forms. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PublicationBodyFilterTest {
    private final TestServer server = new TestServer(
            EndpointSettings.DEFAULT,
            new InMemoryEventLog(),
            http -> http,
            List.of(new HiddenHttpMethodFilter(), PublicationBodyFilterTest::lookForAToken),
            Authorizer.OPEN);

    /** As Spring Security's CsrfWebFilter does. */
    private static Mono<Void> lookForAToken(ServerWebExchange exchange, WebFilterChain chain) {
        return exchange.getFormData()
                .mapNotNull(form -> form.getFirst("_csrf"))
                .switchIfEmpty(exchange.getMultipartData().mapNotNull(parts -> null))
                .then(chain.filter(exchange));
    }

    @AfterAll
    void close() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Backup done", "a=b&c=d", "_csrf=x", "_method=DELETE", "%zz"})
    void theTextArrivesWhole(String text) {
        String head = """
                POST /api/notifications/a HTTP/1.1
                Host: localhost
                Connection: close
                Content-Type: application/x-www-form-urlencoded
                """;
        assertPublished(head + "Content-Length: " + text.length() + "\n\n" + text, text);
        assertPublished(
                head + "Transfer-Encoding: chunked\n\n" + Integer.toHexString(text.length()) + "\n" + text + "\n0",
                text);
    }

    /** It is refused for its type, and not for what a filter could not read in it. */
    @Test
    void whatCallsItselfMultipartIsLeftToTheEndpointToo() {
        String post = "POST /api/notifications/a HTTP/1.1\nHost: localhost\nConnection: close\n"
                + "Content-Type: multipart/form-data; boundary=x\nContent-Length: 8\n\nno parts";
        try (RawHttp client = RawHttp.request(server.port(), post)) {
            assertThat(client.untilEnd()).startsWith("HTTP/1.1 415 ").contains("unsupported-media-type");
        }
    }

    private void assertPublished(String request, String text) {
        try (RawHttp client = RawHttp.request(server.port(), request)) {
            String answer = client.untilEnd();
            assertThat(answer).startsWith("HTTP/1.1 201 ");
            String id = answer.substring(answer.indexOf("\"id\":\"") + 6, answer.indexOf("\",\"ids\""));
            assertThat(lastEvent()).contains("\"id\":\"" + id + "\"").contains("\"data\":\"" + text + "\"");
        }
    }

    private String lastEvent() {
        String poll = "GET /api/notifications/a HTTP/1.1\nHost: localhost\nConnection: close";
        try (RawHttp client = RawHttp.request(server.port(), poll)) {
            String answer = client.untilEnd();
            return answer.substring(answer.lastIndexOf("{\"id\":"));
        }
    }
}
