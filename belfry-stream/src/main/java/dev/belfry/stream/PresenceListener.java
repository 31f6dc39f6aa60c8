package dev.belfry.stream;

import dev.belfry.stream.StreamListener.LeaveCause;

/**
 * Is told of each stream that begins and ends. Called on the event loops, by several of them at once: a method returns quickly, does not
 * block and does not throw. All methods do nothing unless overridden.
 */
public interface PresenceListener {
    /** Does nothing. */
    PresenceListener NONE = new PresenceListener() {};

    /** A subscriber has joined; it is on no channel yet, and so has no address. */
    default void joined(Subscriber subscriber) {}

    /** A subscriber that had joined has left. */
    default void left(Subscriber subscriber, LeaveCause cause) {}
}
