package dev.belfry.security;

import java.net.URI;
import java.util.concurrent.CompletableFuture;

/** Gets a document of keys, bounded in size and time, on a thread of its own. */
@FunctionalInterface
interface KeyFetcher {
    CompletableFuture<byte[]> fetch(URI uri);
}
