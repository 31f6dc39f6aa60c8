package dev.belfry.webflux;

import dev.belfry.BelfryException.LogClosed;
import dev.belfry.Hub;
import dev.belfry.ReadFlow;
import dev.belfry.wire.Problem;
import io.netty.channel.Channel;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Work that grows with what one client has sent, or that blocks on the log: to parse megabytes, to compile hundreds of patterns, to look up a
 * time. An event loop would do it while
 * all its other clients wait, and once for each of those who ask at the same time. So it is done on the hub's reader threads, in turns
 * that are fair between clients.
 */
public final class LongWork {
    private final Hub hub;

    /** On the reader threads of a hub. */
    public LongWork(Hub hub) {
        this.hub = hub;
    }

    /** Does the work where it belongs, and then the rest on the channel's event loop, on which it is called. */
    public <T> Mono<Void> first(boolean isLong, Channel channel, Supplier<T> work, Function<T, Mono<Void>> rest) {
        return isLong ? on(channel, work).flatMap(rest) : rest.apply(work.get());
    }

    /** Does the work on a reader thread, and signals on the channel's event loop. */
    public <T> Mono<T> on(Channel channel, Supplier<T> work) {
        ReadFlow flow = new ReadFlow(NettyExchange.client(channel));
        return Mono.fromSupplier(() -> result(work))
                .subscribeOn(Schedulers.fromExecutor(turn -> hub.readers().execute(flow, turn)))
                .onErrorMap(RejectedExecutionException.class, closed -> new LogClosed())
                .publishOn(Schedulers.fromExecutor(channel.eventLoop()));
    }

    /** Reactor would throw an error of the virtual machine past all operators, and the client would wait for ever. */
    private static <T> T result(Supplier<T> work) {
        try {
            return work.get();
        } catch (OutOfMemoryError e) {
            throw Problem.noRoom();
        }
    }
}
