package dev.belfry.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.security.JwkSetReader.NamedKey;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * The keys behind a URI. They are fetched when the first token asks, then in the background while tokens come, and at once for a
 * token with an unknown {@code kid}, but never twice within ten seconds: strangers choose {@code kid}. While they cannot be fetched the
 * last ones stay good for a day.
 */
public final class JwkSet implements KeySource {
    private static final Logger log = LoggerFactory.getLogger(JwkSet.class);
    private static final long PAUSE_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long REFRESH_NANOS = Duration.ofMinutes(5).toNanos();
    private static final long MAX_AGE_NANOS = Duration.ofDays(1).toNanos();

    private final Supplier<CompletableFuture<byte[]>> source;
    private final LongSupplier nanoTime;

    private volatile @Nullable Keys known;

    /** While one is under way. */
    private @Nullable CompletableFuture<Void> fetching;

    private boolean hasTried;
    private boolean hasFailed;
    private long lastTryNanos;
    private long versions;

    private record Keys(String json, List<NamedKey> keys, long fetchedNanos, long version) {}

    JwkSet(Supplier<CompletableFuture<byte[]>> source, LongSupplier nanoTime) {
        this.source = source;
        this.nanoTime = nanoTime;
    }

    /** Those of a JWK set. Nothing is fetched before a token comes. */
    public static JwkSet at(URI uri) {
        KeyFetcher http = new HttpKeyFetcher();
        return new JwkSet(() -> http.fetch(uri), System::nanoTime);
    }

    /** Those of an issuer that says where its keys are (OpenID Connect Discovery 1.0, 4). */
    public static JwkSet ofIssuer(String issuer) {
        return new JwkSet(new Discovery(issuer, new HttpKeyFetcher()), System::nanoTime);
    }

    /** All that a public key can be for. */
    @Override
    public Set<Algorithm> algorithms() {
        return EnumSet.of(Algorithm.RS256, Algorithm.ES256, Algorithm.EDDSA);
    }

    @Override
    public List<TokenKey> keys(Algorithm algorithm, @Nullable String keyId) {
        refreshIfDue();
        Keys now = current();
        return now == null
                ? List.of()
                : now.keys.stream()
                        .filter(named -> named.key().algorithm() == algorithm)
                        .filter(named -> keyId == null || named.keyId() == null || keyId.equals(named.keyId()))
                        .map(NamedKey::key)
                        .toList();
    }

    private @Nullable Keys current() {
        Keys keys = known;
        return keys != null && nanoTime.getAsLong() - keys.fetchedNanos > MAX_AGE_NANOS ? null : keys;
    }

    /** Asks too: a server that sees known tokens only would never hear that a key has gone. */
    @Override
    public long version() {
        refreshIfDue();
        Keys now = current();
        return now == null ? 0 : now.version;
    }

    private void refreshIfDue() {
        Keys keys = known;
        if (keys != null && nanoTime.getAsLong() - keys.fetchedNanos > REFRESH_NANOS) {
            fetch();
        }
    }

    @Override
    public Mono<List<TokenKey>> lookAgain(Algorithm algorithm, @Nullable String keyId) {
        return Mono.defer(() -> {
            CompletableFuture<Void> fetch = fetch();
            if (fetch != null) {
                return Mono.fromFuture(fetch.thenApply(done -> keys(algorithm, keyId)), true);
            }
            return hasFailed() ? Mono.error(new KeysUnavailable()) : Mono.just(keys(algorithm, keyId));
        });
    }

    private synchronized boolean hasFailed() {
        return hasFailed;
    }

    /** Begins one, or joins the one that is under way; null when the last one is too short ago. */
    private synchronized @Nullable CompletableFuture<Void> fetch() {
        if (fetching != null) {
            return fetching;
        }
        long now = nanoTime.getAsLong();
        if (hasTried && now - lastTryNanos < PAUSE_NANOS) {
            return null;
        }
        hasTried = true;
        lastTryNanos = now;
        CompletableFuture<Void> fetch = new CompletableFuture<>();
        fetching = fetch;
        start(fetch);
        return fetch;
    }

    private void start(CompletableFuture<Void> fetch) {
        CompletableFuture<byte[]> answer;
        try {
            answer = source.get();
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        answer.thenAccept(this::take).whenComplete((done, error) -> end(fetch, error));
    }

    private void take(byte[] json) {
        List<NamedKey> keys = JwkSetReader.read(json);
        String text = new String(json, UTF_8);
        Keys before = known;
        boolean isSame = before != null && before.json.equals(text);
        synchronized (this) {
            known = new Keys(
                    text,
                    isSame ? Objects.requireNonNull(before).keys : keys,
                    nanoTime.getAsLong(),
                    isSame ? versions : ++versions);
        }
        if (!isSame) {
            log.info("key set fetched keys={}", keys.size());
        }
    }

    private void end(CompletableFuture<Void> fetch, @Nullable Throwable error) {
        synchronized (this) {
            fetching = null;
            hasFailed = error != null;
        }
        if (error == null) {
            fetch.complete(null);
        } else {
            Throwable cause =
                    error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
            // at most every ten seconds, as fetches are
            log.warn("keys cannot be fetched cause={}", cause.getClass().getSimpleName());
            fetch.completeExceptionally(new KeysUnavailable());
        }
    }
}
