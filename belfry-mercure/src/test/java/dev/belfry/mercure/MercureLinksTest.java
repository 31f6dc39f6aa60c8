package dev.belfry.mercure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;

class MercureLinksTest {
    private final MercureLinks links = new MercureLinks(URI.create(TestHub.HUB_URL), false);

    @Test
    void oneCallTellsWhereTheHubIsAndLetsAPageIn() {
        MockServerHttpResponse response = new MockServerHttpResponse();
        links.advertise(response, "https://example.com/books/1", "a.b.c", Duration.ofHours(1));
        assertThat(response.getHeaders().get(HttpHeaders.LINK))
                .containsExactly(
                        "<" + TestHub.HUB_URL + ">; rel=\"mercure\"", "<https://example.com/books/1>; rel=\"self\"");
        ResponseCookie cookie = response.getCookies().getFirst("mercureAuthorization");
        assertThat(cookie.toString())
                .startsWith("mercureAuthorization=a.b.c; Path=/.well-known/mercure; Max-Age=3600;")
                .contains("Secure", "HttpOnly", "SameSite=Strict");
    }

    @Test
    void theCookieOfV1HasItsOwnName() {
        assertThat(new MercureLinks(URI.create("http://localhost/"), true)
                        .cookie("x", Duration.ofHours(1))
                        .toString())
                .startsWith("__Secure-mercure_access_token=x;")
                .contains("Secure");
    }

    @Test
    void theNewestUpdateOfAnAnswerIsPartOfTheLink() {
        HttpHeaders headers = new HttpHeaders();
        links.addLinks(headers, null, "urn:\"1\"");
        assertThat(headers.getFirst(HttpHeaders.LINK)).endsWith("; last-event-id=\"urn:\\\"1\\\"\"");
    }

    @Test
    void nothingBreaksOutOfAHeader() {
        HttpHeaders headers = new HttpHeaders();
        assertThatThrownBy(() -> links.addLinks(headers, "https://example.com/>; rel=evil", null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> links.addLinks(headers, null, "a\r\nX: y"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(headers.isEmpty()).isTrue();
    }
}
