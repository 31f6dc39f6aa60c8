package dev.belfry.stream;

import java.util.ArrayDeque;

/**
 * Subscribers that have become BEHIND many at a time, and go on some at a time: all of them at once would keep the event loop
 * from everything else. Owned by the shard's event loop.
 */
final class CatchUp {
    private final ArrayDeque<Subscriber> waiting = new ArrayDeque<>();

    void add(Subscriber subscriber) {
        waiting.add(subscriber);
    }

    /** Lets some {@linkplain Subscriber#proceed() proceed}, {@code max} at most, and returns how many. */
    int proceed(int max) {
        int done = 0;
        for (; done < max && !waiting.isEmpty(); done++) {
            waiting.remove().proceed();
        }
        return done;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    void clear() {
        waiting.clear();
    }
}
