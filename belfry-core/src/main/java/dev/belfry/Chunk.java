package dev.belfry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of the log as one reader sees it.
 *
 * @param events what its filter accepted, oldest first; may be empty though more follows
 * @param next the cursor to go on from: the last place that was looked at, whether or not its event was accepted
 * @param headReached whether nothing followed {@code next} when the chunk was read
 * @param gap what may be missing in front of the events; null when nothing is
 */
public record Chunk(
        List<Event> events,
        Position next,
        boolean headReached,
        @Nullable Gap gap) {
    public Chunk {
        events = List.copyOf(events);
    }
}
