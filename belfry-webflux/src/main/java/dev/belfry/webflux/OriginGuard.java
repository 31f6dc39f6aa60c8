package dev.belfry.webflux;

import java.util.function.Predicate;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Refuses what pages of other origins send, whatever the method and the path, where no page but its own has any business. A
 * browser sends a page's {@code POST} to another origin without asking first, and only keeps the answer from it.
 */
public final class OriginGuard implements WebFilter, Ordered {
    private final Predicate<ServerWebExchange> isGuarded;

    /**
     * Guards some requests.
     *
     * @param isGuarded says which, e.g. those that came in on the port of management
     */
    public OriginGuard(Predicate<ServerWebExchange> isGuarded) {
        this.isGuarded = isGuarded;
    }

    /** Behind the guard of {@code Host}, which the server's own origin is made of. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE + 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return isGuarded.test(exchange) && !OriginPolicy.isOwnOrNone(exchange.getRequest())
                ? ProblemResponse.write(exchange, OriginPolicy.notAllowed())
                : chain.filter(exchange);
    }
}
