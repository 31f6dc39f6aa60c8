package dev.belfry.security;

import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Says whether a token is one of ours. In this order: its size, its form, its algorithm, its claims, its signature; keys are fetched
 * only for a token that has passed all but the last. It never blocks.
 */
public final class TokenVerifier {
    /** Of one source, for a token that does not say which. */
    private static final int MAX_TRIED_KEYS = 16;

    private final List<KeySource> sources;
    private final TokenRules rules;

    /** Accepts what a key of any of these sources has signed. */
    public TokenVerifier(List<? extends KeySource> sources, TokenRules rules) {
        this.sources = List.copyOf(sources);
        this.rules = rules;
    }

    /**
     * Verifies one.
     *
     * @return a {@link Mono#just}, unless keys are to be fetched; an error is an {@link InvalidToken} or {@link KeysUnavailable}
     * @throws InvalidToken when that is known at once
     */
    public Mono<VerifiedToken> verify(String token) {
        CompactToken parsed = CompactToken.parse(token);
        List<KeySource> able = new ArrayList<>();
        for (KeySource source : sources) {
            if (source.algorithms().contains(parsed.algorithm())) {
                able.add(source);
            }
        }
        if (able.isEmpty()) {
            throw new InvalidToken("there is no key for its algorithm");
        }
        VerifiedToken verified = rules.check(parsed.claims());
        List<KeySource> unknowing = new ArrayList<>();
        for (KeySource source : able) {
            List<TokenKey> keys = source.keys(parsed.algorithm(), parsed.keyId());
            if (isSignedByAny(parsed, keys)) {
                return Mono.just(verified);
            }
            if (keys.isEmpty()) {
                unknowing.add(source);
            }
        }
        return lookAgain(parsed, unknowing, verified);
    }

    private static Mono<VerifiedToken> lookAgain(
            CompactToken token, List<KeySource> unknowing, VerifiedToken verified) {
        if (unknowing.isEmpty()) {
            throw new InvalidToken("no key has signed it");
        }
        return Flux.fromIterable(unknowing)
                .concatMap(source -> source.lookAgain(token.algorithm(), token.keyId()))
                .filter(keys -> isSignedByAny(token, keys))
                .next()
                .map(keys -> verified)
                .switchIfEmpty(Mono.error(() -> new InvalidToken("no key has signed it")));
    }

    private static boolean isSignedByAny(CompactToken token, List<TokenKey> keys) {
        return keys.stream().limit(MAX_TRIED_KEYS).anyMatch(token::isSignedBy);
    }

    /** Changes when a key may have gone. */
    long keysVersion() {
        long sum = 0;
        for (KeySource source : sources) {
            sum += source.version();
        }
        return sum;
    }
}
