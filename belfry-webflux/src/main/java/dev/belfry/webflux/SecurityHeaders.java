package dev.belfry.webflux;

import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * What every answer tells a browser: to take it for what it says it is, to show it in no frame and to no page of another origin that did
 * not ask by CORS, to run nothing in it, and to name its URL to nobody. Events have what users wrote in them.
 */
public final class SecurityHeaders implements WebFilter, Ordered {
    private static final Map<String, String> HEADERS = Map.of(
            "X-Content-Type-Options",
            "nosniff",
            "X-Frame-Options",
            "DENY",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Content-Security-Policy",
            "default-src 'none'; frame-ancestors 'none'");

    private final Predicate<ServerWebExchange> isGuarded;

    /**
     * For paths besides the endpoint's, which always has them.
     *
     * @param isGuarded says which; what a page of the application needs goes in front of what is set here
     */
    public SecurityHeaders(Predicate<ServerWebExchange> isGuarded) {
        this.isGuarded = isGuarded;
    }

    /** In front of the guards, whose refusals have them too. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (isGuarded.test(exchange)) {
            addTo(exchange.getResponse().getHeaders());
        }
        return chain.filter(exchange);
    }

    /** For an answer, whatever its path. */
    public static void addTo(HttpHeaders headers) {
        HEADERS.forEach(headers::set);
    }

    /** For answers below WebFlux. */
    public static void forEach(BiConsumer<String, String> header) {
        HEADERS.forEach(header);
    }
}
