package dev.belfry.stream;

import dev.belfry.EventFilter;
import dev.belfry.Position;
import java.time.Instant;

/** What groups and subscribers may ask of their shard. On its event loop. */
interface SubscriberContext {
    /** The newest event that the groups have been given. */
    Position dispatched();

    /** The heartbeat wheel's clock. */
    int ticks();

    /** Whether a subscriber that wrote last at a tick would be silent for longer than a heartbeat before its next turn. */
    boolean isSilentSince(int tick);

    /**
     * Asks for the events behind a position, until they have so many bytes of data. Calls {@link Subscriber#replayed} now or later.
     */
    void ask(Subscriber subscriber, Feed feed, Position from, int maxBytes);

    /** Moves a subscriber to the group of another filter, whose patterns have their room, in the same format. */
    Feed change(Feed before, EventFilter filter, MemoryBudget.Hold patterns);

    /** The time of day. */
    Instant now();

    /** Takes note that a subscriber has another end. */
    void noteEnd(Subscriber subscriber);

    Standstills standstills();

    /** What all that waits for clients counts in. */
    MemoryBudget budget();

    /** Takes note that a subscriber's channel is closed. */
    void leave(Subscriber subscriber);

    /** Whether all streams are ending. */
    boolean isClosing();

    /** After how long a client should come back. */
    long retryMillis();

    /** Whether bytes may go past the channel. */
    boolean hasDirectWrites();

    StreamListener listener();

    FailureLog failures();
}
