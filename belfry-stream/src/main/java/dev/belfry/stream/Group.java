package dev.belfry.stream;

import dev.belfry.Event;
import dev.belfry.Position;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The subscribers of one shard that see the same bytes: equal filters, one format. An event is matched and encoded once for all
 * of them. Owned by the shard's event loop.
 */
final class Group implements Feed {
    private final Key key;
    private final SubscriberContext context;
    private final List<Subscriber> live = new ArrayList<>(1);
    private int members;

    /** Null as long as all are LIVE. */
    private @Nullable ReplayFlow replays;

    /** Null between deliveries: most groups have none most of the time, and there may be a million. */
    private @Nullable Delivery delivery;

    /** Events under way to the live subscribers. */
    private static final class Delivery {
        final List<Event> events = new ArrayList<>(1);
        List<ByteBuf> run = List.of();

        /** What writing the run to one of them takes, in deliveries. */
        int cost = 1;

        /** How many of the live subscribers, counted from the first, still wait for it. */
        int pending;

        /** Where these are until then. */
        @Nullable
        Position before;

        /** How far the group is that lags behind the shard; null for as far as the shard. */
        @Nullable
        Position at;
    }

    Group(Key key, SubscriberContext context) {
        this.key = key;
        this.context = context;
    }

    @Override
    public Key key() {
        return key;
    }

    @Override
    public SubscriberContext context() {
        return context;
    }

    @Override
    public ReplayFlow replays(Subscriber subscriber) {
        ReplayFlow flow = replays == null ? new ReplayFlow(subscriber.client()) : replays;
        replays = flow;
        return flow;
    }

    // ---- members

    void enter() {
        members++;
    }

    /** Returns whether no member is left. */
    boolean exit() {
        return --members == 0;
    }

    int liveCount() {
        return live.size();
    }

    @Override
    public void addLive(Subscriber subscriber) {
        subscriber.placedInGroup(live.size());
        live.add(subscriber);
    }

    /**
     * The last subscriber takes the place that becomes free. If that is a place of those that wait for the delivery, the last of
     * these takes it, and the last subscriber takes that one's.
     */
    @Override
    public void removeLive(Subscriber subscriber) {
        int free = subscriber.placeInGroup();
        if (delivery != null && free < delivery.pending) {
            delivery.pending--;
            move(delivery.pending, free);
            free = delivery.pending;
        }
        int last = live.size() - 1;
        move(last, free);
        live.remove(last);
        subscriber.placedInGroup(Subscriber.NOT_LIVE);
    }

    private void move(int from, int to) {
        if (from != to) {
            Subscriber moved = live.get(from);
            live.set(to, moved);
            moved.placedInGroup(to);
        }
    }

    @Override
    public Position given(Subscriber subscriber) {
        Delivery current = delivery;
        return current != null && current.before != null && subscriber.placeInGroup() < current.pending
                ? current.before
                : dispatched();
    }

    @Override
    public Position dispatched() {
        return delivery == null || delivery.at == null ? context.dispatched() : delivery.at;
    }

    // ---- deliveries

    /** Takes an event that one of its patterns matches, whether or not another one did before; true for its first event. */
    boolean match(Event event) {
        // first what costs nothing: many of its patterns may match
        if (live.isEmpty() || hasTaken(event) || !key.filter().isGranted(event)) {
            return false;
        }
        boolean isFirst = delivery == null;
        Delivery next = delivery == null ? new Delivery() : delivery;
        delivery = next;
        next.events.add(event);
        return isFirst;
    }

    private boolean hasTaken(Event event) {
        return delivery != null
                && delivery.events.get(delivery.events.size() - 1).position().equals(event.position());
    }

    /**
     * Encodes what was matched: from now on every live subscriber waits for it.
     *
     * @param from where they are
     * @return the subscribers that cannot be given it and are BEHIND now, to {@linkplain Subscriber#proceed() proceed} when the
     *     shard has dispatched it
     */
    List<Subscriber> beginDelivery(FrameCache frames, Position from) {
        if (delivery == null) {
            return List.of();
        }
        try {
            delivery.run = frames.run(delivery.events, key.format());
            delivery.cost = DeliveryCost.of(delivery.run);
            delivery.before = from;
            delivery.pending = live.size();
            return List.of();
        } catch (RuntimeException | OutOfMemoryError e) {
            if (!(e instanceof NoRoom)) {
                context.failures().warn("frames failed", key.format(), e);
            }
            return fallBehind();
        }
    }

    boolean isDelivering() {
        return delivery != null && delivery.pending > 0;
    }

    /** Writes to some of the subscribers that wait, from the last to the first. Returns what it took, in deliveries. */
    int deliver(int max) {
        Delivery current = delivery;
        if (current == null) {
            return 0;
        }
        int done = 0;
        int delivered = 0;
        for (; done < max && current.pending > 0; done += current.cost) {
            Subscriber subscriber = live.get(current.pending - 1);
            delivered += deliver(subscriber, current) ? 1 : 0;
            // a subscriber that has left LIVE is not counted any more
            if (subscriber.placeInGroup() == current.pending - 1) {
                current.pending--;
            }
        }
        context.listener().delivered(key.format(), current.events.size(), delivered);
        return done;
    }

    private static boolean deliver(Subscriber subscriber, Delivery delivery) {
        if (subscriber.hasLeft()) {
            return false; // and it could not be taken out of the list
        }
        try {
            return subscriber.hasFrom(delivery.events.get(0).position().offset())
                    ? subscriber.deliverRest(delivery.events)
                    : subscriber.deliver(delivery.run);
        } catch (Throwable e) {
            subscriber.breakOff(e);
            return false;
        }
    }

    // ---- a group with a costly filter has its turn later

    /** Lags from now on, if it has a live subscriber and does not lag already; whether it began to. */
    boolean beginToLag(Position at) {
        if (live.isEmpty() || delivery != null) {
            return false;
        }
        delivery = new Delivery();
        delivery.at = at;
        return true;
    }

    /**
     * Encodes what its filter has accepted of the stretch between where it is and a place, which may be nothing.
     *
     * @return as {@link #beginDelivery}; then it is where it was
     */
    List<Subscriber> advance(List<Event> accepted, FrameCache frames, Position to) {
        Delivery current = delivery;
        if (current == null || live.isEmpty()) {
            return List.of();
        }
        Position from = dispatched();
        current.events.clear();
        current.events.addAll(accepted);
        List<Subscriber> failed = accepted.isEmpty() ? List.of() : beginDelivery(frames, from);
        if (failed.isEmpty()) {
            current.at = to;
        }
        return failed;
    }

    /** All read the log from where they are. Returns them, to {@linkplain Subscriber#proceed() proceed}. */
    List<Subscriber> fallBehind() {
        List<Subscriber> all = List.copyOf(live);
        all.forEach(Subscriber::fallBehind);
        return all;
    }

    /** Forgets a run that all have been given. */
    void endRun() {
        if (delivery != null) {
            delivery.run.forEach(ByteBuf::release);
            delivery.run = List.of();
            delivery.before = null;
        }
    }

    /** Forgets what was under way, and is as far as the shard. */
    void endDelivery() {
        if (delivery != null) {
            delivery.run.forEach(ByteBuf::release);
            delivery = null;
        }
    }
}
