/**
 * The load that measures Belfry and its peers: one thread for all connections, cheap enough that the server is the
 * bottleneck.
 */
@NullMarked
package dev.belfry.bench;

import org.jspecify.annotations.NullMarked;
