package dev.belfry.stream;

import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.Position;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscribers of one shard that see the same bytes: equal filters, one wire format. What matches is matched and put
 * together once for all of them. Owned by the shard's event loop.
 */
final class Group {
    private static final Logger log = LoggerFactory.getLogger(Group.class);

    /** What makes a group. */
    record Key(EventFilter filter, StreamFormat format) {}

    final Key key;
    final List<Subscriber> live = new ArrayList<>(1);
    int members;

    private final List<Event> matched = new ArrayList<>(1);

    /** What is under way: its bytes, to how many of the live ones, counted from the first, and where these are until then. */
    private List<ByteBuf> run = List.of();

    private int owed;
    private Position before;

    Group(Key key, Position before) {
        this.key = key;
        this.before = before;
    }

    EventFilter filter() {
        return key.filter();
    }

    StreamFormat format() {
        return key.format();
    }

    void addLive(Subscriber subscriber) {
        subscriber.liveIndex = live.size();
        live.add(subscriber);
    }

    /** The last one takes the place that becomes free; or, among those who are owed, the last of these, and the last one its. */
    void removeLive(Subscriber subscriber) {
        int free = subscriber.liveIndex;
        if (free < owed) {
            owed--;
            move(owed, free);
            free = owed;
        }
        int last = live.size() - 1;
        move(last, free);
        live.remove(last);
        subscriber.liveIndex = Subscriber.NOT_LIVE;
    }

    private void move(int from, int to) {
        if (from != to) {
            Subscriber moved = live.get(from);
            live.set(to, moved);
            moved.liveIndex = to;
        }
    }

    /** Up to where a live subscriber has been given everything, when all that the shard has taken on ends at {@code dispatched}. */
    Position given(Subscriber subscriber, Position dispatched) {
        return subscriber.liveIndex < owed ? before : dispatched;
    }

    /** Takes an event that one of its patterns matches, whether or not another one did before; true for its first. */
    boolean match(Event event) {
        if (live.isEmpty() || !key.filter().isGranted(event)) {
            return false;
        }
        boolean first = matched.isEmpty();
        if (first || !matched.get(matched.size() - 1).position().equals(event.position())) {
            matched.add(event);
        }
        return first;
    }

    /**
     * Puts together what was matched: from now on every live subscriber is owed it.
     *
     * @param from where they are
     * @return who cannot be given it and is BEHIND now, to {@linkplain Subscriber#proceed() proceed} when the shard has
     *     dispatched it
     */
    List<Subscriber> beginDelivery(FrameCache frames, Position from) {
        try {
            run = frames.run(matched, key.format());
            owed = live.size();
            before = from;
            return List.of();
        } catch (RuntimeException | OutOfMemoryError e) {
            log.warn("frames failed format={} cause={}", key.format(), e.toString());
            List<Subscriber> all = List.copyOf(live);
            all.forEach(Subscriber::leaveLive);
            return all;
        }
    }

    boolean isOwing() {
        return owed > 0;
    }

    /** Writes what is owed to some of those who wait for it, from the last to the first. Returns to how many. */
    int deliver(int max) {
        int done = 0;
        for (; done < max && owed > 0; done++) {
            Subscriber subscriber = live.get(owed - 1);
            deliver(subscriber);
            // unless it has left, and is not counted any more
            if (subscriber.liveIndex == owed - 1) {
                owed--;
            }
        }
        return done;
    }

    private void deliver(Subscriber subscriber) {
        try {
            if (subscriber.hasFrom(matched.get(0).position().offset())) {
                subscriber.deliverRest(matched);
            } else {
                subscriber.deliver(run);
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            subscriber.breakOff(e);
        }
    }

    /** Forgets what was under way. */
    void endDelivery() {
        run.forEach(ByteBuf::release);
        run = List.of();
        owed = 0;
        matched.clear();
    }
}
