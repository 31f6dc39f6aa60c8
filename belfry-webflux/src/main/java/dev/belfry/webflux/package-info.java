/**
 * The transports, on Spring WebFlux and Reactor Netty: WebFlux does the handshake, and a stream then goes on as a bare
 * channel that its event loop's shard writes to.
 */
@NullMarked
package dev.belfry.webflux;

import org.jspecify.annotations.NullMarked;
