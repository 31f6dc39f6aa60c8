package dev.belfry.webflux;

import dev.belfry.Event;
import dev.belfry.EventFilter;
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
    record Key(EventFilter filter, WireFormat format) {}

    final Key key;
    final List<Subscriber> live = new ArrayList<>(1);
    int members;

    private final List<Event> matched = new ArrayList<>(1);

    Group(Key key) {
        this.key = key;
    }

    EventFilter filter() {
        return key.filter();
    }

    WireFormat format() {
        return key.format();
    }

    void addLive(Subscriber subscriber) {
        subscriber.liveIndex = live.size();
        live.add(subscriber);
    }

    /** The last one takes the place that becomes free, so a loop over the live ones goes from the last to the first. */
    void removeLive(Subscriber subscriber) {
        Subscriber last = live.remove(live.size() - 1);
        if (last != subscriber) {
            live.set(subscriber.liveIndex, last);
            last.liveIndex = subscriber.liveIndex;
        }
        subscriber.liveIndex = Subscriber.NOT_LIVE;
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
     * Writes what was matched to every live subscriber, and forgets it.
     *
     * @return who could not be given it and is BEHIND now, to {@linkplain Subscriber#proceed() proceed} when the shard has
     *     dispatched it
     */
    List<Subscriber> deliver(FrameCache frames) {
        List<ByteBuf> run = List.of();
        try {
            run = frames.run(matched, key.format());
            deliver(run);
            return List.of();
        } catch (RuntimeException | OutOfMemoryError e) {
            log.warn("frames failed format={} cause={}", key.format(), e.toString());
            List<Subscriber> all = List.copyOf(live);
            all.forEach(Subscriber::leaveLive);
            return all;
        } finally {
            run.forEach(ByteBuf::release);
            matched.clear();
        }
    }

    private void deliver(List<ByteBuf> run) {
        long firstOffset = matched.get(0).position().offset();
        for (int i = live.size() - 1; i >= 0; i--) {
            Subscriber subscriber = live.get(i);
            try {
                if (subscriber.hasFrom(firstOffset)) {
                    subscriber.deliverRest(matched);
                } else {
                    subscriber.deliver(run);
                }
            } catch (RuntimeException | OutOfMemoryError e) {
                subscriber.breakOff(e);
            }
        }
    }
}
