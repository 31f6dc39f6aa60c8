package dev.belfry.mercure;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.ServerHttpResponse;

/**
 * Tells a page's script where the hub is, and lets it subscribe: the headers and the cookie that an application puts into its own
 * answers.
 *
 * <pre>{@code
 * links.advertise(exchange.getResponse(), "https://example.com/books/1", token, Duration.ofHours(1));
 * }</pre>
 */
public final class MercureLinks {
    private final URI hubUrl;
    private final boolean isV1;

    /**
     * For one hub.
     *
     * @param hubUrl as pages know it
     * @param isV1 whether the cookie is the one of 1.0, which needs HTTPS
     */
    public MercureLinks(URI hubUrl, boolean isV1) {
        this.hubUrl = hubUrl;
        this.isV1 = isV1;
    }

    /** Adds the hub's {@code Link}, that of the topic, and the cookie: all in one call. */
    public void advertise(ServerHttpResponse response, String topic, String token, Duration lifetime) {
        addLinks(response.getHeaders(), topic, null);
        response.addCookie(cookie(token, lifetime));
    }

    /**
     * Adds the {@code Link} headers.
     *
     * @param topic the canonical URL of what is answered; null when there is none
     * @param lastEventId the id of the newest update that the answer reflects; null when that is not known
     */
    public void addLinks(HttpHeaders headers, @Nullable String topic, @Nullable String lastEventId) {
        String cursor = lastEventId == null ? "" : "; last-event-id=\"" + quoted(lastEventId) + '"';
        String self = topic == null ? null : "<" + checked(topic) + ">; rel=\"self\"";
        headers.add(HttpHeaders.LINK, "<" + hubUrl + ">; rel=\"mercure\"" + cursor);
        if (self != null) {
            headers.add(HttpHeaders.LINK, self);
        }
    }

    private static String checked(String url) {
        if (url.chars().anyMatch(c -> c <= ' ' || c >= 0x7F || c == '<' || c == '>' || c == '"')) {
            throw new IllegalArgumentException("a topic in a header is a URL, percent-encoded");
        }
        return url;
    }

    private static String quoted(String id) {
        if (id.chars().anyMatch(c -> c < ' ' || c >= 0x7F)) {
            throw new IllegalArgumentException("an id in a header has printable ASCII characters only");
        }
        return id.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    /** The cookie that lets a page's {@code EventSource} subscribe as the token allows. No script can read it. */
    public ResponseCookie cookie(String token, Duration lifetime) {
        return ResponseCookie.from(isV1 ? Credentials.COOKIE_V1 : Credentials.COOKIE_V0, token)
                .path(MercureSettings.PATH)
                .httpOnly(true)
                .secure(isV1 || "https".equals(hubUrl.getScheme()))
                .sameSite("Strict")
                .maxAge(lifetime)
                .build();
    }
}
