package dev.belfry;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who in this process waits for an event, and by which filter: long polls and in-process subscribers. They are told that
 * something is there and read it from the log.
 */
final class CommitWaiters implements CommitListener {
    private final SelectorIndex<Waiter> index = new SelectorIndex<>();

    /** A poll or a flux that waits; told by the log's writer thread, so it must hand on and return. Told apart by identity. */
    abstract static class Waiter {
        final EventFilter filter;

        Waiter(EventFilter filter) {
            this.filter = filter;
        }

        abstract void arrived();
    }

    synchronized void add(Waiter waiter) {
        waiter.filter.selectors().forEach(selector -> index.add(selector, waiter));
    }

    synchronized void remove(Waiter waiter) {
        waiter.filter.selectors().forEach(selector -> index.remove(selector, waiter));
    }

    @Override
    public void committed(List<Event> events) {
        matching(events).forEach(Waiter::arrived);
    }

    private synchronized Set<Waiter> matching(List<Event> events) {
        if (index.isEmpty()) {
            return Set.of();
        }
        Set<Waiter> matching = new LinkedHashSet<>();
        for (Event event : events) {
            for (Topic topic : event.topics()) {
                index.match(topic, waiter -> {
                    if (waiter.filter.isGranted(event)) {
                        matching.add(waiter);
                    }
                });
            }
        }
        return matching;
    }
}
