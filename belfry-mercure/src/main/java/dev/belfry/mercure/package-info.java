/**
 * The Mercure protocol, 0.x and 1.0, as doors on the same hub: its selectors, its frames, its claims, and what it says of its
 * subscribers.
 */
@NullMarked
package dev.belfry.mercure;

import org.jspecify.annotations.NullMarked;
