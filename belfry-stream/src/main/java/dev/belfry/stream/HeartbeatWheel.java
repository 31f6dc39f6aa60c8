package dev.belfry.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * All subscribers of a shard, and the clock that looks at a part of them at each tick, so that heartbeats do not come in one
 * burst. Owned by the shard's event loop; the worst lag may be read by any thread.
 */
final class HeartbeatWheel {
    /** The ticks in a heartbeat, and how often in it each subscriber is looked at. */
    static final int TICKS = 16;

    private static final int LOOKS = 4;

    private final List<Subscriber> subscribers = new ArrayList<>();
    private final EndTimes ends = new EndTimes();
    private int ticks;
    private int looksDue;
    private int lookedAt;

    /** Of the last round, and of this one if that is worse already. */
    private volatile long worstLag;

    private long roundLag;

    void add(Subscriber subscriber) {
        subscribers.add(subscriber);
        subscriber.placedOnWheel(subscribers.size() - 1);
    }

    /** The last subscriber takes the place that becomes free. */
    void remove(Subscriber subscriber) {
        int free = subscriber.placeOnWheel();
        Subscriber last = subscribers.remove(subscribers.size() - 1);
        ends.move(last.placeOnWheel(), free);
        if (last == subscriber) {
            ends.set(free, StreamTimes.NEVER);
        } else {
            subscribers.set(free, last);
            last.placedOnWheel(free);
        }
        subscriber.placedOnWheel(Subscriber.LEFT);
        if (subscribers.isEmpty()) {
            roundLag = 0;
            worstLag = 0;
            ends.clear();
        }
    }

    /** When a subscriber ends; {@link StreamTimes#NEVER} for never. */
    void endsAt(Subscriber subscriber, int end) {
        if (subscriber.placeOnWheel() != Subscriber.LEFT) {
            ends.set(subscriber.placeOnWheel(), end);
        }
    }

    /** Gives each subscriber whose end has come, once. */
    void takeDue(int now, Consumer<Subscriber> action) {
        ends.takeDue(now, place -> action.accept(subscribers.get(place)));
    }

    boolean isEmpty() {
        return subscribers.isEmpty();
    }

    /** Gives each subscriber; the action may let it leave. */
    void forEach(Consumer<Subscriber> action) {
        List.copyOf(subscribers).forEach(action);
    }

    /** How often it has ticked: by this, subscribers know how long they have been silent. */
    int ticks() {
        return ticks;
    }

    /** Whether a subscriber that wrote last at a tick would be silent for longer than a heartbeat before it is looked at again. */
    boolean isSilentSince(int tick) {
        return ticks - tick > TICKS - TICKS / LOOKS;
    }

    /** How far the furthest subscriber was behind the log's head when it was looked at, in offsets. Any thread. */
    long worstLag() {
        return worstLag;
    }

    /**
     * Looks at a part of the subscribers. From the last to the first: the last one takes the place of one that leaves, and so is
     * looked at twice rather than passed over.
     *
     * @param headOffset of the log
     */
    void tick(long nowNanos, long writeStallNanos, long headOffset) {
        ticks++;
        looksDue += subscribers.size() * LOOKS;
        while (looksDue >= TICKS && !subscribers.isEmpty()) {
            looksDue -= TICKS;
            lookedAt = (lookedAt == 0 ? subscribers.size() : Math.min(lookedAt, subscribers.size())) - 1;
            Subscriber subscriber = subscribers.get(lookedAt);
            noteLag(headOffset - subscriber.position().offset());
            look(subscriber, nowNanos, writeStallNanos);
        }
    }

    private void noteLag(long lag) {
        roundLag = Math.max(roundLag, lag);
        if (lookedAt == 0) {
            worstLag = roundLag;
            roundLag = 0;
        } else if (roundLag > worstLag) {
            worstLag = roundLag;
        }
    }

    /** An error of one subscriber is not another's. */
    private static void look(Subscriber subscriber, long nowNanos, long writeStallNanos) {
        try {
            subscriber.tick(nowNanos, writeStallNanos);
        } catch (Throwable e) {
            subscriber.breakOff(e);
        }
    }
}
