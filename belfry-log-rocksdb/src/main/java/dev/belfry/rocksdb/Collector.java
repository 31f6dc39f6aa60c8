package dev.belfry.rocksdb;

import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.ReadLimits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The events of one read, and when it is enough: by what was found, or by what was looked at in vain. */
final class Collector {
    private final EventFilter filter;
    private final ReadLimits limits;
    private final Instant now;
    private final boolean hasGap;
    private final List<Event> events = new ArrayList<>();
    private long bytes;
    private int looked;
    private long lostTo;
    private final long readBeganNanos = System.nanoTime();
    private long beganNanos = readBeganNanos;

    /** For a read that begins with a gap, or does not. */
    Collector(EventFilter filter, ReadLimits limits, Instant now, boolean hasGap) {
        this.hasGap = hasGap;
        this.filter = filter;
        this.limits = limits;
        this.now = now;
    }

    void look(Event event) {
        looked++;
        if (accepts(event)) {
            events.add(event);
            bytes += event.data().utf8().length;
        }
    }

    /** Whether it is wanted. Its topics and times tell, not its data. */
    boolean accepts(Event event) {
        return filter.accepts(event) && !event.isExpired(now);
    }

    /** Passes an event that is not wanted. */
    void pass() {
        looked++;
    }

    /** Asks for room for a large event. */
    boolean takeRoom(long bytes) {
        return limits.room().take(bytes);
    }

    /**
     * Passes places that cannot be read. Returns false when the read has to end in front of them, for a gap comes in front of events and
     * never behind one.
     */
    boolean lose(long to) {
        if (!events.isEmpty() || hasGap) {
            return false;
        }
        looked++;
        lostTo = to;
        return true;
    }

    /** The last place that was passed; 0 for none. */
    long lostTo() {
        return lostTo;
    }

    boolean isFull() {
        return room() <= 0 || bytes >= limits.maxBytes() || isTimeOver();
    }

    private boolean isTimeOver() {
        return System.nanoTime() - beganNanos >= limits.maxNanos();
    }

    /** Whether the read as a whole should end where it is. */
    boolean isLate() {
        return System.nanoTime() - readBeganNanos >= limits.maxNanos();
    }

    /** The time for looking begins: finding out where to look may have taken all of it, and a read has to get on. */
    void begin() {
        beganNanos = System.nanoTime();
    }

    /** How many more it may look at. */
    int room() {
        return Math.min(limits.maxEvents() - events.size(), limits.maxLooked() - looked);
    }

    int looked() {
        return looked;
    }

    List<Event> events() {
        return events;
    }
}
