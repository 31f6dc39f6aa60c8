package dev.belfry.webflux;

/** Is told what the doors refuse, for metrics. Called on event loops and reader threads, so it only counts. */
@FunctionalInterface
public interface RefusalListener {
    /** Counts nothing. */
    RefusalListener NONE = code -> {};

    /**
     * A request, or a command of a WebSocket, was refused.
     *
     * @param code stable, as docs/protocol.md lists them; a few dozen in all
     */
    void refused(String code);
}
