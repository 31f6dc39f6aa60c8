package dev.belfry.webflux;

import dev.belfry.Hub;
import dev.belfry.Position;
import dev.belfry.Start;
import io.netty.channel.Channel;
import reactor.core.publisher.Mono;

/** Where a stream begins. */
final class StreamStart {
    private StreamStart() {}

    /**
     * "Now" is before the first byte of the answer, so that a client which has seen one misses nothing. A time is looked up in the
     * log, which blocks, and is told on the event loop of the connection.
     */
    static Mono<Position> position(Hub hub, Start start, Channel channel) {
        return start instanceof Start.Since
                ? new LongWork(hub).on(channel, () -> hub.resolve(start))
                : Mono.fromCallable(() -> hub.resolve(start));
    }
}
