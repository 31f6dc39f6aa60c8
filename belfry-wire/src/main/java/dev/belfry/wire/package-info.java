/**
 * What is said on the wire, whoever serves it: cursors, the requests to read and to publish, the strict JSON reader, the
 * encoders of events, and problems. Knows neither Spring nor channels.
 */
@NullMarked
package dev.belfry.wire;

import org.jspecify.annotations.NullMarked;
