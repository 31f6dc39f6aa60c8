package dev.belfry.webflux;

import dev.belfry.Failure;
import dev.belfry.RareLine;
import io.netty.channel.Channel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.websocket.WebsocketOutbound;

/**
 * Ends exchanges that nobody can answer any more, whatever their path, in front of Spring's own handling: for each client that
 * breaks off an upload, that would write an error with the request's query and a trace.
 */
public final class BrokenExchanges implements WebExceptionHandler, Ordered {
    private static final Logger log = LoggerFactory.getLogger(BrokenExchanges.class);
    private static final RareLine cutOff = RareLine.warning(log);

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable error) {
        Channel channel = NettyExchange.channelIfAny(exchange.getResponse());
        if (channel == null) {
            return Mono.error(error);
        }
        if (!channel.isActive()) {
            log.debug("client gone cause={}", error.getClass().getSimpleName());
            return Mono.empty();
        }
        boolean isBegun = exchange.getResponse().isCommitted() && !isWebSocket(channel);
        return isBegun ? cutOff(channel, error) : Mono.error(error);
    }

    /** Of the application's own; Reactor Netty ends it with a close code. */
    private static boolean isWebSocket(Channel channel) {
        return ChannelOperations.get(channel) instanceof WebsocketOutbound;
    }

    /** So that the client does not take half an answer for the whole. */
    private static Mono<Void> cutOff(Channel channel, Throwable error) {
        cutOff.log("answer cut off cause={}", new Failure(error));
        channel.close();
        return Mono.empty();
    }
}
