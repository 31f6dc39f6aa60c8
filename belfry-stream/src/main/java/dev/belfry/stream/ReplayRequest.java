package dev.belfry.stream;

import dev.belfry.Position;
import org.jspecify.annotations.Nullable;

/**
 * What a subscriber that is BEHIND asks for. Equal requests get the same chunk.
 *
 * @param feed of the group, which says filter and format
 * @param from the position behind which the chunk begins
 * @param maxBytes how many bytes of data it has, about
 * @param alone the only subscriber that may get it; null where chunks are shared
 */
record ReplayRequest(
        Feed feed, Position from, int maxBytes, @Nullable Subscriber alone) {}
