package dev.belfry.webflux;

import dev.belfry.Permissions;
import dev.belfry.wire.Problem;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Says what the sender of a request may do. The endpoint asks once for each request, in front of its doors: publishing,
 * polling, streams and the WebSocket handshake, whose answer holds for the connection.
 */
@FunctionalInterface
public interface Authorizer {
    /** An open server's: everybody may do everything. */
    Authorizer OPEN = new Authorizer() {
        private final Mono<Permissions> open = Mono.just(Permissions.OPEN);

        @Override
        public Mono<Permissions> authorize(ServerWebExchange exchange) {
            return open;
        }
    };

    /**
     * The sender's permissions. What is known at once is best a {@link Mono#just}, for which the endpoint makes no operators. It may
     * answer on any thread: what follows is done on the connection's event loop.
     *
     * @return never null; an error, such as a {@link Problem} with 401, refuses the request, and empty does with 403
     */
    Mono<Permissions> authorize(ServerWebExchange exchange);

    /**
     * Adds headers to the answer to a request that was refused, such as a challenge that says what would help. By default it adds
     * none.
     */
    default void refused(ServerWebExchange exchange, Problem problem) {}
}
