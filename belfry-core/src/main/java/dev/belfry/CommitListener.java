package dev.belfry;

import java.util.List;

/** Who is told what the log has committed. */
@FunctionalInterface
public interface CommitListener {
    /**
     * Takes what was committed by one write: every event once, in order, when it is durable and can be read. Called by the
     * log's writer thread, so it must hand on and return.
     *
     * @param events at least one, in the order of their positions
     */
    void committed(List<Event> events);
}
