package dev.belfry.webflux;

import dev.belfry.Failure;
import dev.belfry.RareLine;
import dev.belfry.stream.StreamPlace;
import dev.belfry.stream.Subscriber;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpMessage;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;

/**
 * Takes a connection, or an HTTP/2 stream, out of WebFlux once its response has begun.
 *
 * <p>WebFlux writes headers and the first bytes, and ends the response as it ends every other: with a {@link
 * LastHttpContent}. This handler, last in the pipeline and so the first to see what is written, keeps that to itself and
 * says that it is done. For WebFlux the exchange is over, and all of it becomes garbage; for the client the response has only
 * begun. Then every handler between TLS and the end goes, and the channel is the stream's own.
 */
final class Upgrade extends ChannelOutboundHandlerAdapter {
    private static final RareLine failed = RareLine.warning(LoggerFactory.getLogger(Upgrade.class));

    private final StreamPlace place;
    private final Function<Channel, Subscriber> join;

    private Upgrade(StreamPlace place, Function<Channel, Subscriber> join) {
        this.place = place;
        this.join = join;
    }

    /**
     * Sends status, headers and the first bytes of the response, and goes on with the bare channel.
     *
     * @param place of the stream, which is released if the client goes before it joins
     * @param join puts the handlers of the stream behind those of HTTP, on the channel's event loop; the subscriber begins
     *     when these are gone
     * @return completed when the exchange is over for WebFlux
     */
    static Mono<Void> of(
            ServerHttpResponse response, byte[] firstBytes, StreamPlace place, Function<Channel, Subscriber> join) {
        return Mono.defer(() -> {
            // what comes later is written past any compressor, so headers must not promise one
            NettyExchange.response(response).compression(false);
            ChannelPipeline pipeline = NettyExchange.channel(response).pipeline();
            Upgrade upgrade = new Upgrade(place, join);
            pipeline.addLast(upgrade);
            DataBuffer buffer = response.bufferFactory().wrap(firstBytes);
            return response.writeAndFlushWith(Mono.just(Mono.just(buffer))).doOnError(e -> withdraw(pipeline, upgrade));
        });
    }

    /** What is written next is an answer that says what went wrong, and ends. */
    private static void withdraw(ChannelPipeline pipeline, Upgrade upgrade) {
        if (pipeline.context(upgrade) != null) {
            pipeline.remove(upgrade);
        }
    }

    /** With its channel, or because it is done; then a subscriber has the place. */
    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        place.release();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (msg instanceof LastHttpContent && !(msg instanceof FullHttpMessage)) {
            ReferenceCountUtil.release(msg);
            ctx.executor().execute(() -> upgrade(ctx));
            promise.setSuccess();
        } else {
            ctx.write(msg, promise);
        }
    }

    private void upgrade(ChannelHandlerContext ctx) {
        try {
            ChannelPipeline pipeline = ctx.pipeline();
            List<ChannelHandler> http = handlersOfHttp(pipeline);
            Subscriber subscriber = join.apply(ctx.channel());
            http.forEach(pipeline::remove);
            // HTTP may have stopped reading, for a body that nobody asked for or requests that wait; the end must be
            // read
            ctx.channel().config().setAutoRead(true);
            // a stream has no end that a client could wait for: one that only closes its side has gone
            ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
            subscriber.begin();
        } catch (RuntimeException | Error e) {
            // first, for there may be no memory for a line; without it the connection would stay, and be nobody's
            ctx.channel().close();
            failed.log("upgrade failed cause={}", new Failure(e));
        }
    }

    /**
     * From the last to the first: what the codec has read already and gives out when it goes then meets none of the handlers
     * that would take it for a request, but only what was put behind them.
     */
    private static List<ChannelHandler> handlersOfHttp(ChannelPipeline pipeline) {
        Deque<ChannelHandler> handlers = new ArrayDeque<>();
        for (Map.Entry<String, ChannelHandler> entry : pipeline) {
            if (entry.getValue() instanceof SslHandler) {
                handlers.clear();
            } else {
                handlers.addFirst(entry.getValue());
            }
        }
        return List.copyOf(handlers);
    }
}
