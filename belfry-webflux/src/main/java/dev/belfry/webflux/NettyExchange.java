package dev.belfry.webflux;

import dev.belfry.ReadClient;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** What stands below an exchange of WebFlux: a response of Reactor Netty, which is its request too, on a channel. */
public final class NettyExchange {
    private NettyExchange() {}

    static HttpServerResponse response(ServerHttpResponse response) {
        Object nativeResponse = response instanceof ServerHttpResponseDecorator decorator
                ? ServerHttpResponseDecorator.getNativeResponse(decorator)
                : ((AbstractServerHttpResponse) response).getNativeResponse();
        if (nativeResponse instanceof HttpServerResponse reactorNetty) {
            return reactorNetty;
        }
        throw new IllegalStateException("streams need Reactor Netty as the server");
    }

    static HttpServerRequest request(ServerHttpResponse response) {
        return (HttpServerRequest) response(response);
    }

    /** Null in tests of an application that have no server. */
    static @Nullable Channel channelIfAny(ServerHttpResponse response) {
        try {
            return channel(response);
        } catch (IllegalStateException e) {
            return null;
        }
    }

    /** The channel of the connection, or of the stream of HTTP/2. */
    public static Channel channel(ServerHttpResponse response) {
        Channel[] channel = new Channel[1];
        response(response).withConnection(connection -> channel[0] = connection.channel());
        return channel[0];
    }

    /** Who is at the other end; for a stream of HTTP/2, of its connection. */
    public static ReadClient client(Channel channel) {
        return ReadClient.at(channel.remoteAddress());
    }
}
