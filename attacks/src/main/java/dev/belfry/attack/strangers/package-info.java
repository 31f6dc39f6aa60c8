/** The attacks, one class each. Each is bounded in connections, bytes and time. */
@NullMarked
package dev.belfry.attack.strangers;

import org.jspecify.annotations.NullMarked;
