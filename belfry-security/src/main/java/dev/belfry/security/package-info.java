/**
 * Tokens, the keys that verify them, one-time tickets, and the {@link dev.belfry.Permissions} that come of them. Knows nothing of
 * the web but how to fetch a key set.
 */
@NullMarked
package dev.belfry.security;

import org.jspecify.annotations.NullMarked;
