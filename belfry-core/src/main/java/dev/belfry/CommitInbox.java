package dev.belfry;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Committed events on their way from the log's writer thread, which does no more for those who wait than to add them here, to the
 * thread that takes them. An inbox that grows too large is emptied, and what it had is read from the log instead.
 */
public final class CommitInbox {
    private static final long MAX_BYTES = 8 << 20;
    private static final int MAX_EVENTS = 32 << 10;

    private List<Event> events = new ArrayList<>();
    private long bytes;
    private boolean overflown;

    /** Adds all of the batch, or overflows: nothing gets lost in silence, for lack of memory either. */
    public synchronized void add(List<Event> batch) {
        if (overflown) {
            return;
        }
        overflown = true;
        for (Event event : batch) {
            bytes += event.data().utf8().length;
        }
        if (bytes <= MAX_BYTES && events.size() + batch.size() <= MAX_EVENTS) {
            events.addAll(batch);
            overflown = false;
        } else {
            events = List.of();
        }
    }

    /** Whether there is nothing to take: no event, and no overflow to learn of. */
    public synchronized boolean isEmpty() {
        return events.isEmpty() && !overflown;
    }

    /** Takes all events in order; null after an overflow. */
    public synchronized @Nullable List<Event> take() {
        List<Event> taken = overflown ? null : events;
        events = new ArrayList<>();
        bytes = 0;
        overflown = false;
        return taken;
    }
}
