package dev.belfry.webflux;

import dev.belfry.EventFilter;
import dev.belfry.Hub;
import dev.belfry.Permissions;
import dev.belfry.Start;
import dev.belfry.wire.ReadRequest;
import dev.belfry.wire.Representation;
import dev.belfry.wire.WireSettings;
import io.netty.channel.Channel;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** {@code GET} for a stream: SSE or NDJSON. */
final class StreamHandler {
    private final Hub hub;
    private final StreamDoor streams;
    private final WireSettings settings;
    private final LongWork longWork;

    StreamHandler(Hub hub, StreamDoor streams, WireSettings settings) {
        this.hub = hub;
        longWork = new LongWork(hub);
        this.streams = streams;
        this.settings = settings;
    }

    Mono<Void> handle(ServerWebExchange exchange, Permissions permissions, Representation representation) {
        ReadRequest request = new ReadRequest(ExchangeHead.of(exchange), settings);
        return longWork.first(
                request.isLong(),
                NettyExchange.channel(exchange.getResponse()),
                () -> request.filter(permissions),
                filter -> open(
                        exchange,
                        permissions,
                        representation,
                        filter,
                        request.start().orElse(Start.NOW)));
    }

    private Mono<Void> open(
            ServerWebExchange exchange,
            Permissions permissions,
            Representation representation,
            EventFilter filter,
            Start start) {
        ServerHttpResponse response = exchange.getResponse();
        setHeaders(response.getHeaders(), representation);
        if (exchange.getRequest().getMethod().equals(HttpMethod.HEAD)) {
            return response.setComplete();
        }
        Channel channel = NettyExchange.channel(response);
        StreamDoor.Stream stream = new StreamDoor.Stream(
                filter,
                permissions,
                representation.encoder(settings.cloudEventsSource()),
                representation == Representation.SSE);
        return streams.open(exchange, stream, StreamStart.position(hub, start, channel), joined -> {});
    }

    private static void setHeaders(HttpHeaders headers, Representation representation) {
        headers.set(HttpHeaders.CONTENT_TYPE, representation.mediaType());
        headers.setCacheControl("no-store, no-transform");
        headers.set("X-Accel-Buffering", "no");
        headers.add(HttpHeaders.VARY, HttpHeaders.ACCEPT);
    }
}
