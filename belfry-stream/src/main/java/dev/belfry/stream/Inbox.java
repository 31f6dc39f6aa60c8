package dev.belfry.stream;

import dev.belfry.Event;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Committed events that wait for the shard's next turn. An inbox that grows too large is emptied, and its events are read from
 * the log instead. Filled by the log's writer thread, taken by the event loop.
 */
final class Inbox {
    private static final long MAX_BYTES = 8 << 20;
    private static final int MAX_EVENTS = 32 << 10;

    private List<Event> events = new ArrayList<>();
    private long bytes;
    private boolean overflown;

    /** Adds all of the batch, or overflows: nothing gets lost in silence, for lack of memory either. */
    synchronized void add(List<Event> batch) {
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

    synchronized boolean isEmpty() {
        return events.isEmpty() && !overflown;
    }

    /** Takes all events in order; null after an overflow. */
    synchronized @Nullable List<Event> take() {
        List<Event> taken = overflown ? null : events;
        events = new ArrayList<>();
        bytes = 0;
        overflown = false;
        return taken;
    }
}
