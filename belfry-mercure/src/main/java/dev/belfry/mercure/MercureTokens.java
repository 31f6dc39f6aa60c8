package dev.belfry.mercure;

import reactor.core.publisher.Mono;

/** Verifies tokens, whichever way a request carries them. */
@FunctionalInterface
public interface MercureTokens {
    /**
     * Who carries a token.
     *
     * @return on any thread; an error is a {@link dev.belfry.wire.Problem}: 401 for a token that is not accepted
     */
    Mono<MercureBearer> read(String token);
}
