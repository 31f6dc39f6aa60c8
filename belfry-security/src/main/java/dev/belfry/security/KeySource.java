package dev.belfry.security;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Where keys come from. Nothing here blocks, and any thread may ask. */
public interface KeySource {
    /** The algorithms that it may have keys for. */
    Set<Algorithm> algorithms();

    /**
     * The keys that may have made a signature, as far as they are known by now.
     *
     * @param keyId what the token says; a source of few keys may ignore it
     */
    List<TokenKey> keys(Algorithm algorithm, @Nullable String keyId);

    /**
     * Looks for a key that is not known. Empty when there is no point in it, so that strangers cannot cause it again and again; a
     * {@link KeysUnavailable} when it fails.
     */
    default Mono<List<TokenKey>> lookAgain(Algorithm algorithm, @Nullable String keyId) {
        return Mono.empty();
    }

    /** Changes when a key may have gone: what was verified before must be verified again. */
    long version();

    /** Keys that never change. */
    static KeySource of(List<TokenKey> keys) {
        return new FixedKeys(keys);
    }

    /** Keys that never change. */
    record FixedKeys(List<TokenKey> all) implements KeySource {
        public FixedKeys {
            all = List.copyOf(all);
        }

        @Override
        public Set<Algorithm> algorithms() {
            Set<Algorithm> algorithms = EnumSet.noneOf(Algorithm.class);
            all.forEach(key -> algorithms.add(key.algorithm()));
            return algorithms;
        }

        @Override
        public List<TokenKey> keys(Algorithm algorithm, @Nullable String keyId) {
            return all.stream().filter(key -> key.algorithm() == algorithm).toList();
        }

        @Override
        public long version() {
            return 0;
        }
    }
}
