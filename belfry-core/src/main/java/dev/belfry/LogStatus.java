package dev.belfry;

/**
 * How a log is doing, for health and gauges. Each part is true at its own moment.
 *
 * @param writable whether the last write worked, and the log is open
 * @param outOfSpace whether it is the lack of space for which it is not writable
 * @param closed whether it takes no publications any more
 * @param failed whether it cannot go on, see {@link FatalErrorListener}
 * @param keptBytes what the kept events take, as the log counts them for {@link Retention#bytes()}
 * @param keptEvents how many events are kept, as far as it is known: no fewer than there are
 * @param queuedEvents how many notifications wait to be written
 * @param queuedBytes how many bytes of them
 * @param damagedEvents how many of the kept events are known to be unreadable, for damage of the storage
 * @param head the newest event
 */
public record LogStatus(
        boolean writable,
        boolean outOfSpace,
        boolean closed,
        boolean failed,
        long keptBytes,
        long keptEvents,
        int queuedEvents,
        long queuedBytes,
        long damagedEvents,
        Position head) {}
