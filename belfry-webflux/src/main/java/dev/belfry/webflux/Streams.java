package dev.belfry.webflux;

import dev.belfry.Hub;

/** All streams of this process: one shard for every event loop that has subscribers. */
public final class Streams implements AutoCloseable {
    /**
     * Follows the hub's log from now on.
     *
     * @param settings the times and bounds of every stream
     */
    public Streams(Hub hub, StreamSettings settings) {}

    /** How many streams are open. */
    public int size() {
        return 0;
    }

    /** Ends every stream, each with a jittered {@code retry:} where the format has one, and waits until they are closed. */
    @Override
    public void close() {}
}
