package dev.belfry.security;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Finds the key set of an issuer (OpenID Connect Discovery 1.0, section 4): asked anew each time, for it may move. */
record Discovery(String issuer, KeyFetcher fetcher) implements Supplier<CompletableFuture<byte[]>> {
    private static final String WELL_KNOWN = "/.well-known/openid-configuration";

    @Override
    public CompletableFuture<byte[]> get() {
        String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
        return fetcher.fetch(URI.create(base + WELL_KNOWN))
                .thenCompose(document -> fetcher.fetch(keySet(StrictJson.read(document))));
    }

    private URI keySet(Map<String, @Nullable Object> document) {
        if (!issuer.equals(document.get("issuer")) || !(document.get("jwks_uri") instanceof String text)) {
            throw new IllegalArgumentException("the document is of another issuer, or names no key set");
        }
        URI uri = URI.create(text);
        boolean isFit =
                "https".equals(uri.getScheme()) || ("http".equals(uri.getScheme()) && issuer.startsWith("http:"));
        if (!isFit) {
            throw new IllegalArgumentException("the key set is at a URI of another scheme");
        }
        return uri;
    }
}
