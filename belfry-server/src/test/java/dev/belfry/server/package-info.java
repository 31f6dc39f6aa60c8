/** The application as its users meet it: a process, and the bytes that it sends. */
@NullMarked
package dev.belfry.server;

import org.jspecify.annotations.NullMarked;
