package dev.belfry;

import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Turns that wait, and which is next: of the client that has had least, the one of the reader that has had least
 * (start-time fair queueing, Goyal et al. 1996, in two levels). Time is what has been had: a turn begins where the one before
 * of its reader has ended, and no earlier than now, so that nobody saves up and a newcomer is served at once. Not for several
 * threads.
 */
final class FairQueue<T> {
    private static final int MAX_RESTING = 4_096;

    private final int level;
    private final long turnNanos;
    private final Map<ReadClient, Lane<T>> lanes = new HashMap<>();
    private final PriorityQueue<Lane<T>> waiting = new PriorityQueue<>();
    private long now;
    private long sequence;
    private int size;

    /**
     * @param level told apart by readers, see {@link ReadFlow#level}
     * @param turnNanos how much a turn is charged with until it is known how long it has taken
     */
    FairQueue(int level, long turnNanos) {
        this.level = level;
        this.turnNanos = turnNanos;
    }

    /** The turns of a client. */
    private static final class Lane<T> implements Comparable<Lane<T>> {
        final PriorityQueue<Waiting<T>> turns = new PriorityQueue<>(1);
        long now;
        long start;
        long owed;
        long order;

        @Override
        public int compareTo(Lane<T> other) {
            return start != other.start ? Long.compare(start, other.start) : Long.compare(order, other.order);
        }
    }

    /** A turn, and when it is due. */
    private static final class Waiting<T> extends Turn<T> implements Comparable<Waiting<T>> {
        private final ReadFlow flow;
        private final Lane<T> lane;
        private final int level;
        private final long turnNanos;
        private final long start;
        private final long order;

        Waiting(T work, ReadFlow flow, Lane<T> lane, FairQueue<T> queue, long start) {
            super(work);
            this.flow = flow;
            this.lane = lane;
            this.start = start;
            level = queue.level;
            turnNanos = queue.turnNanos;
            order = queue.sequence++;
        }

        @Override
        public void took(long nanos) {
            long more = nanos - turnNanos;
            lane.owed += more;
            if (flow.level == level) {
                flow.nextStart += more;
            }
        }

        @Override
        public int compareTo(Waiting<T> other) {
            return start != other.start ? Long.compare(start, other.start) : Long.compare(order, other.order);
        }
    }

    void add(ReadFlow flow, T work) {
        Lane<T> lane = lanes.get(flow.client());
        if (lane == null) {
            forgetResting();
            lane = new Lane<>();
            lanes.put(flow.client(), lane);
        }
        // a newcomer goes in front of those that are equal
        long start = flow.level == level ? Math.max(flow.nextStart, lane.now) : lane.now - 1;
        Waiting<T> turn = new Waiting<>(work, flow, lane, this, start);
        if (lane.turns.isEmpty()) {
            // first, and the other has room for one: if memory runs out here, no lane has a turn and does not wait
            enter(lane);
        }
        lane.turns.add(turn);
        flow.level = level;
        flow.nextStart = start + turnNanos;
        size++;
    }

    private void enter(Lane<T> lane) {
        lane.start = Math.max(lane.start + lane.owed, now);
        lane.owed = 0;
        lane.order = sequence++;
        waiting.add(lane);
    }

    /** The next turn; null when none waits. */
    @Nullable
    Turn<T> poll() {
        Lane<T> lane = waiting.poll();
        if (lane == null) {
            return null;
        }
        Waiting<T> turn = lane.turns.remove();
        size--;
        now = Math.max(now, lane.start);
        lane.now = Math.max(lane.now, turn.start);
        lane.start += turnNanos;
        if (!lane.turns.isEmpty()) {
            enter(lane);
        }
        return turn;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Clients that read nothing at the moment are remembered for what they have had, as long as they are not too many. */
    private void forgetResting() {
        if (lanes.size() >= MAX_RESTING) {
            lanes.values().removeIf(lane -> lane.turns.isEmpty());
        }
    }
}
