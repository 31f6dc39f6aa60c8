package dev.belfry;

import org.jspecify.annotations.Nullable;

/**
 * What was found under the id of one event.
 *
 * @param event null when there is none that the caller may read: it was never there, is gone, or is somebody else's
 * @param isOfThisLog whether the log knows the epoch of the id; an id of another log may be anything
 */
public record Lookup(@Nullable Event event, boolean isOfThisLog) {}
