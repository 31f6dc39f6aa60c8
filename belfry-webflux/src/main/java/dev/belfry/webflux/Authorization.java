package dev.belfry.webflux;

import dev.belfry.Permissions;
import dev.belfry.wire.Problem;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.Exceptions;
import reactor.core.Fuseable;
import reactor.core.publisher.Mono;

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
