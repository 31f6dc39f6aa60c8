package dev.belfry.webflux;

import dev.belfry.wire.Problem;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Whose pages may use the endpoint, and what they may send and read (CORS, as the Fetch standard has it). An origin is its
 * spelling: a browser has one for each, and nothing else sends them.
 */
public final class OriginPolicy {
    private static final String METHODS = "GET, HEAD, QUERY, POST";
    private static final List<String> REQUEST_HEADERS = List.of(
            "Accept", "Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "Last-Event-ID", "Prefer");
    private static final String ANSWER_HEADERS =
            "Belfry-More, ETag, Idempotent-Replayed, Last-Event-ID, Preference-Applied, Retry-After";

    /** An hour; browsers take two at most. */
    private static final String MAX_AGE_SECONDS = "3600";

    private final Set<String> allowedOrigins;
    private final String allowedHeaders;

    /** The pages of the origins that settings allow, and the server's own. */
    public OriginPolicy(EndpointSettings settings) {
        allowedOrigins = settings.allowedOrigins().stream()
                .map(origin -> origin.toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
        Set<String> headers = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        headers.addAll(REQUEST_HEADERS);
        headers.addAll(settings.allowedHeaders());
        allowedHeaders = String.join(", ", headers);
    }

    /**
     * Lets in what no page of another origin has sent, and pages of allowed origins, whose browser is told so.
     *
     * @throws Problem 403 for every other page
     */
    public void check(ServerWebExchange exchange) {
        HttpHeaders answer = exchange.getResponse().getHeaders();
        answer.add(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        if (isOwnOrNone(exchange.getRequest())) {
            return;
        }
        List<String> origins = origins(exchange.getRequest());
        if (origins.size() > 1 || !allowedOrigins.contains(origins.get(0))) {
            throw notAllowed();
        }
        answer.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origins.get(0));
        answer.set(HttpHeaders.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        answer.set(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, ANSWER_HEADERS);
    }

    /** Whether an origin is the server's own or on the list. */
    public boolean allows(String origin, ServerHttpRequest request) {
        return origin.equals(own(request.getURI())) || allowedOrigins.contains(origin);
    }

    /** Whether no page has sent it, or one of the server's own. */
    static boolean isOwnOrNone(ServerHttpRequest request) {
        List<String> origins = origins(request);
        return origins.isEmpty() || origins.equals(List.of(own(request.getURI())));
    }

    /** The answer to a page of another origin. */
    public static Problem notAllowed() {
        return new Problem(403, "origin-not-allowed", "pages of this origin may not use the server");
    }

    private static List<String> origins(ServerHttpRequest request) {
        return request.getHeaders().getOrEmpty(HttpHeaders.ORIGIN);
    }

    /** The server's own, as a browser spells it that has sent the request to this URL: without the default port. */
    private static String own(URI url) {
        String scheme = String.valueOf(url.getScheme());
        String authority = String.valueOf(url.getRawAuthority());
        String defaultPort = scheme.equals("https") ? ":443" : ":80";
        String host = authority.endsWith(defaultPort)
                ? authority.substring(0, authority.length() - defaultPort.length())
                : authority;
        return (scheme + "://" + host).toLowerCase(Locale.ROOT);
    }

    /** Whether a browser asks what a page of an allowed origin may send. */
    public static boolean isPreflight(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        return request.getMethod().equals(HttpMethod.OPTIONS)
                && request.getHeaders().containsHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD)
                && exchange.getResponse().getHeaders().containsHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN);
    }

    /** Says all of it, whatever is asked for. */
    Mono<Void> answerPreflight(ServerWebExchange exchange) {
        return answerPreflight(exchange, METHODS);
    }

    /** The same, for an endpoint that has other methods. */
    public Mono<Void> answerPreflight(ServerWebExchange exchange, String methods) {
        HttpHeaders answer = exchange.getResponse().getHeaders();
        answer.set(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, methods);
        answer.set(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, allowedHeaders);
        answer.set(HttpHeaders.ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECONDS);
        exchange.getResponse().setStatusCode(HttpStatus.OK);
        return exchange.getResponse().setComplete();
    }
}
