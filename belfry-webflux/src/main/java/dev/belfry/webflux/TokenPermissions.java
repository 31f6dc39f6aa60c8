package dev.belfry.webflux;

import dev.belfry.Permissions;
import dev.belfry.wire.Problem;
import reactor.core.publisher.Mono;

/**
 * Says what the bearer of a token may do. An {@link Authorizer} that is one too lets the clients of WebSockets show a new token before
 * the one of the handshake ends.
 */
@FunctionalInterface
public interface TokenPermissions {
    /**
     * The permissions of a token, as it was sent. It may answer on any thread.
     *
     * @return never null; an error, such as a {@link Problem} with 401, refuses the token, and so does empty
     */
    Mono<Permissions> permissions(String token);
}
