package dev.belfry.webflux;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many of something each has open: no more entries than are open. */
final class OpenCounts {
    private final int most;
    private final Map<Object, Integer> counts = new ConcurrentHashMap<>();

    OpenCounts(int most) {
        this.most = most;
    }

    /** Counts one more, if there may be one. */
    boolean tryOpen(Object owner) {
        boolean[] opened = {false};
        counts.compute(owner, (key, count) -> {
            int before = count == null ? 0 : count;
            opened[0] = before < most;
            return opened[0] ? Integer.valueOf(before + 1) : count;
        });
        return opened[0];
    }

    void close(Object owner) {
        counts.computeIfPresent(owner, (key, count) -> count == 1 ? null : count - 1);
    }

    /** How many have one at least. */
    int owners() {
        return counts.size();
    }
}
