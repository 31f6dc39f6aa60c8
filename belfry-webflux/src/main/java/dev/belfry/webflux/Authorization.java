package dev.belfry.webflux;

import dev.belfry.Permissions;
import dev.belfry.wire.Problem;
import io.netty.channel.EventLoop;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.Exceptions;
import reactor.core.Fuseable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Asks an {@link Authorizer}, and tells its errors from the endpoint's own: those that are no {@link Problem} are the
 * application's, as of Spring Security, and go on to what stands in front of the endpoint.
 */
final class Authorization {
    private Authorization() {}

    /** What the authorizer answers. An error is a {@link Problem}, or {@link Failed}. */
    static Mono<Permissions> ask(Authorizer authorizer, ServerWebExchange exchange) {
        try {
            Mono<Permissions> answer = authorizer.authorize(exchange);
            if (answer instanceof Fuseable.ScalarCallable<?>) {
                // an error that is there already is thrown
                answer.block();
                return answer;
            }
            return answer.onErrorMap(Authorization::mark);
        } catch (RuntimeException e) {
            throw mark(Exceptions.unwrap(e));
        }
    }

    /**
     * Asks, and then serves on the event loop of the connection.
     *
     * @param door is given the permissions; a request without any is 403
     */
    static Mono<Void> thenServe(
            Authorizer authorizer, ServerWebExchange exchange, Function<Permissions, Mono<Void>> door) {
        Mono<Permissions> answer = ask(authorizer, exchange);
        EventLoop loop = NettyExchange.channel(exchange.getResponse()).eventLoop();
        if (answer instanceof Fuseable.ScalarCallable<?> && loop.inEventLoop()) {
            // it is there already, and block takes it without waiting
            return serve(door, answer.block());
        }
        // the doors belong to the loop: else what a client says right behind a handshake could come between the answer
        // and the handlers that read it
        return answer.map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .publishOn(Schedulers.fromExecutor(loop))
                .flatMap(permissions -> serve(door, permissions.orElse(null)));
    }

    private static Mono<Void> serve(Function<Permissions, Mono<Void>> door, @Nullable Permissions permissions) {
        if (permissions == null) {
            throw new Problem(403, "forbidden", "this needs a permission");
        }
        return door.apply(permissions);
    }

    private static RuntimeException mark(Throwable error) {
        return error instanceof RuntimeException known && Problem.of(error) != null ? known : new Failed(error);
    }

    /** Carries an error of the application's own. */
    static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        final Throwable error;

        private Failed(Throwable error) {
            super(null, error, false, false);
            this.error = error;
        }
    }
}
