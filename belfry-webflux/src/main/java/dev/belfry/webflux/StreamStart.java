package dev.belfry.webflux;

import dev.belfry.Hub;
import dev.belfry.Position;
import dev.belfry.Start;
import java.util.concurrent.Executor;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Where a stream begins. */
final class StreamStart {
    private StreamStart() {}

    /**
     * "Now" is before the first byte of the answer, so that a client which has seen one misses nothing. A time is looked up in the
     * log, which blocks, and is told by the executor: the event loop of the connection.
     */
    static Mono<Position> position(Hub hub, Start start, Executor loop) {
        Mono<Position> position = Mono.fromCallable(() -> hub.resolve(start));
        return start instanceof Start.Since
                ? position.subscribeOn(Schedulers.fromExecutor(hub.readers())).publishOn(Schedulers.fromExecutor(loop))
                : position;
    }
}
