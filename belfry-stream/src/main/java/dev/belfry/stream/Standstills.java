package dev.belfry.stream;

import java.util.IdentityHashMap;

/**
 * How far the clients for whom something waits had got when they were last looked at, and since when. Most have taken all: a field for
 * this in each subscriber would be memory of a million. Owned by the shard's event loop.
 */
final class Standstills {
    private final IdentityHashMap<Object, Standstill> standstills = new IdentityHashMap<>();

    private record Standstill(long progress, long sinceNanos) {}

    /** Takes note of a client's progress, and tells for how long it has had none. */
    long nanos(Object subscriber, long progress, long nowNanos) {
        Standstill before = standstills.get(subscriber);
        if (before != null && before.progress == progress) {
            return nowNanos - before.sinceNanos;
        }
        standstills.put(subscriber, new Standstill(progress, nowNanos));
        return 0;
    }

    /** Nothing waits for its client. */
    void forget(Object subscriber) {
        if (!standstills.isEmpty()) {
            standstills.remove(subscriber);
        }
    }
}
