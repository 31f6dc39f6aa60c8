/** The tutorial's server, as a peer to measure against. */
@NullMarked
package dev.belfry.bench.tutorial;

import org.jspecify.annotations.NullMarked;
