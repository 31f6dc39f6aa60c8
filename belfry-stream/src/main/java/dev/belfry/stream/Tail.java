package dev.belfry.stream;

import dev.belfry.Event;
import dev.belfry.Position;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest events that the shard has dispatched, all of one epoch, and the position of the last one. Offsets may have holes:
 * the place in front of the oldest event is remembered, never computed. Owned by the shard's event loop.
 */
final class Tail {
    private static final int MAX_EVENTS = 1024;
    private static final long MAX_BYTES = 1 << 20;

    private final boolean keeps;
    private final ArrayDeque<Event> events = new ArrayDeque<>();
    private long bytes;

    /** The place in front of the oldest event. */
    private Position front;

    private Position dispatched;

    /** @param keeps whether it keeps any events; without them, each replay reads the log */
    Tail(boolean keeps, Position dispatched) {
        this.keeps = keeps;
        this.front = dispatched;
        this.dispatched = dispatched;
    }

    /** The newest event that the groups have been given. */
    Position dispatched() {
        return dispatched;
    }

    /** Whether an event is newer than all that have been dispatched. */
    boolean isNew(Event event) {
        return event.position().offset() > dispatched.offset();
    }

    /** Whether the log has lost its own tail and gives offsets anew that have been dispatched in another epoch. */
    boolean isOverwritten(List<Event> events) {
        for (Event event : events) {
            if (event.position().epoch() != dispatched.epoch() && !isNew(event)) {
                return true;
            }
        }
        return false;
    }

    /** Takes the next event, which the groups have been given. */
    void add(Event event) {
        if (event.position().epoch() != dispatched.epoch()) {
            restart(dispatched);
        }
        dispatched = event.position();
        if (!keeps) {
            return;
        }
        events.addLast(event);
        bytes += event.data().utf8().length;
        while (events.size() > MAX_EVENTS || bytes > MAX_BYTES) {
            Event oldest = events.removeFirst();
            bytes -= oldest.data().utf8().length;
            front = oldest.position();
        }
    }

    /** Forgets all events, and goes on from a position. */
    void restart(Position at) {
        events.clear();
        bytes = 0;
        front = at;
        dispatched = at;
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    /** The events behind a position; null when they are not all here. */
    @Nullable
    List<Event> after(Position position) {
        if (events.isEmpty() || !reachesBackTo(position)) {
            return null;
        }
        List<Event> behind = new ArrayList<>();
        Iterator<Event> newestFirst = events.descendingIterator();
        while (newestFirst.hasNext()) {
            Event event = newestFirst.next();
            if (event.position().offset() <= position.offset()) {
                break;
            }
            behind.add(event);
        }
        Collections.reverse(behind);
        return behind;
    }

    private boolean reachesBackTo(Position position) {
        boolean isWithin = position.epoch() == dispatched.epoch()
                && position.offset() > front.offset()
                && position.offset() <= dispatched.offset();
        return isWithin || position.equals(front);
    }
}
