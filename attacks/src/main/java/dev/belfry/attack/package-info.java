/** {@code ./attack}: makes the attacks one after the other and judges what they did to the honest clients and the server. */
@NullMarked
package dev.belfry.attack;

import org.jspecify.annotations.NullMarked;
