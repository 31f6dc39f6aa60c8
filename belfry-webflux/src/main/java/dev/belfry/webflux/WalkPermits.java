package dev.belfry.webflux;

import dev.belfry.wire.Problem;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** How many walks over all streams, or over many topics, may be under way at once: in all, and of one client. */
final class WalkPermits {
    private static final int MAX_IN_ALL = 8;
    private static final int MAX_OF_ONE = 2;

    private final Map<Object, Integer> underWay = new HashMap<>();
    private int inAll;

    /** Does it while it has a permit; an error with 503 when there is none. */
    <T> Mono<T> with(Object client, Supplier<Mono<T>> walk) {
        return Mono.using(
                () -> {
                    take(client);
                    return client;
                },
                taken -> walk.get(),
                this::release);
    }

    private synchronized void take(Object client) {
        int ofOne = underWay.getOrDefault(client, 0);
        if (inAll >= MAX_IN_ALL || ofOne >= MAX_OF_ONE) {
            throw new Problem(503, "too-many-walks", "too many requests look at all streams or topics; try again");
        }
        inAll++;
        underWay.put(client, ofOne + 1);
    }

    private synchronized void release(Object client) {
        inAll--;
        underWay.merge(client, -1, (before, less) -> before + less == 0 ? null : before + less);
    }
}
