package dev.belfry.webflux;

import dev.belfry.Hub;
import dev.belfry.Position;
import dev.belfry.ReadFlow;
import dev.belfry.Start;
import io.netty.channel.Channel;
import java.util.concurrent.Executor;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Where a stream begins. */
final class StreamStart {
    private StreamStart() {}

    /**
     * "Now" is before the first byte of the answer, so that a client which has seen one misses nothing. A time is looked up in the
     * log, which blocks, and is told on the event loop of the connection.
     */
    static Mono<Position> position(Hub hub, Start start, Channel channel) {
        Mono<Position> position = Mono.fromCallable(() -> hub.resolve(start));
        return start instanceof Start.Since
                ? position.subscribeOn(Schedulers.fromExecutor(reader(hub, channel)))
                        .publishOn(Schedulers.fromExecutor(channel.eventLoop()))
                : position;
    }

    private static Executor reader(Hub hub, Channel channel) {
        ReadFlow flow = new ReadFlow(NettyExchange.client(channel));
        return turn -> hub.readers().execute(flow, turn);
    }
}
