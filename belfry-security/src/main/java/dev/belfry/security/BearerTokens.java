package dev.belfry.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.belfry.BelfryException.InvalidInput;
import dev.belfry.Permissions;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.Fuseable;
import reactor.core.publisher.Mono;

/**
 * Tells what a token allows. One that was verified is remembered by its hash until it expires or a key changes, so that it costs a
 * hash and no signature; one that was refused is not.
 */
public final class BearerTokens {
    private static final int MAX_BYTES = 16 << 20;

    /** What an entry takes besides its claims and patterns, which take a few times the length of the token. */
    private static final int ENTRY_BYTES = 1000;

    private static final int BYTES_PER_CHARACTER = 4;

    private final TokenVerifier verifier;
    private final List<GrantReader> readers;
    private final DefaultGrants defaults;
    private final Clock clock;
    private final Cache<Sha256, Remembered> remembered = Caffeine.newBuilder()
            .maximumWeight(MAX_BYTES)
            .weigher((Sha256 hash, Remembered entry) -> ENTRY_BYTES + BYTES_PER_CHARACTER * entry.length)
            // upkeep is small, and no thread is worth it
            .executor(Runnable::run)
            .build();

    private record Remembered(Mono<Bearer> answer, Permissions permissions, long keysVersion, int length) {}

    /**
     * Reads tokens.
     *
     * @param readers what they allow adds up, with what the server grants by default
     * @param clock when a token expires
     */
    public BearerTokens(
            TokenVerifier verifier, List<? extends GrantReader> readers, DefaultGrants defaults, Clock clock) {
        this.verifier = verifier;
        this.readers = List.copyOf(readers);
        this.defaults = defaults;
        this.clock = clock;
    }

    /**
     * Who carries it.
     *
     * @return a {@link Mono#just}, unless keys are to be fetched; an error is an {@link InvalidToken} or {@link KeysUnavailable}
     * @throws InvalidToken when that is known at once
     */
    public Mono<Bearer> read(String token) {
        if (token.length() > CompactToken.MAX_LENGTH) {
            throw new InvalidToken("too long");
        }
        Sha256 hash = Sha256.of(token);
        long version = verifier.keysVersion();
        Remembered known = known(hash, version);
        if (known != null) {
            return known.answer;
        }
        Mono<VerifiedToken> verified = verifier.verify(token);
        return verified instanceof Fuseable.ScalarCallable<?>
                ? remember(hash, token, version, bearer(verified.block()))
                : verified.flatMap(good -> remember(hash, token, version, bearer(good)));
    }

    private @Nullable Remembered known(Sha256 hash, long version) {
        Remembered entry = remembered.getIfPresent(hash);
        if (entry == null) {
            return null;
        }
        if (entry.keysVersion == version && !entry.permissions.isExpired(clock.instant())) {
            return entry;
        }
        remembered.invalidate(hash);
        return null;
    }

    private Mono<Bearer> remember(Sha256 hash, String token, long version, Bearer bearer) {
        Mono<Bearer> answer = Mono.just(bearer);
        remembered.put(hash, new Remembered(answer, bearer.permissions(), version, token.length()));
        return answer;
    }

    private Bearer bearer(@Nullable VerifiedToken token) {
        if (token == null) {
            throw new InvalidToken("no token");
        }
        Grants grants = defaults.of(token.subject());
        for (GrantReader reader : readers) {
            grants = grants.and(reader.read(token.claims()));
        }
        try {
            return new Bearer(
                    token, new Permissions(token.subject(), grants.publish(), grants.subscribe(), token.expires()));
        } catch (InvalidInput e) {
            throw new InvalidToken("sub is not a name");
        }
    }
}
