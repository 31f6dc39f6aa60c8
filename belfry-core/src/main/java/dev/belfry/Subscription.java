package dev.belfry;

/**
 * What a subscriber asked for and may have.
 *
 * @param filter which events
 * @param start from where
 */
public record Subscription(EventFilter filter, Start start) {}
