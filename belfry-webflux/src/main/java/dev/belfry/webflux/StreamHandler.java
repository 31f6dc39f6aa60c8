package dev.belfry.webflux;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.belfry.EventFilter;
import dev.belfry.Hub;
import dev.belfry.Permissions;
import dev.belfry.Start;
import dev.belfry.stream.Framing;
import dev.belfry.stream.StreamFormat;
import dev.belfry.stream.StreamPlace;
import dev.belfry.stream.StreamRegistry;
import dev.belfry.wire.Problem;
import dev.belfry.wire.ReadRequest;
import dev.belfry.wire.Representation;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/** {@code GET} for a stream: SSE or NDJSON, in chunks, to the connection's end, or in HTTP/2 frames. */
final class StreamHandler {
    private final Hub hub;
    private final StreamRegistry streams;
    private final StreamPlaces places;
    private final EndpointSettings settings;
    private final LongWork longWork;

    StreamHandler(Hub hub, StreamRegistry streams, StreamPlaces places, EndpointSettings settings) {
        this.hub = hub;
        longWork = new LongWork(hub);
        this.streams = streams;
        this.places = places;
        this.settings = settings;
    }

    Mono<Void> handle(ServerWebExchange exchange, Permissions permissions, Representation representation) {
        ReadRequest request = new ReadRequest(ExchangeHead.of(exchange), settings.wire());
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
        StreamPlace place;
        try {
            place = places.reserve(exchange, permissions, filter);
        } catch (Problem problem) {
            return turnAway(response, representation, problem);
        }
        return Mono.defer(() -> {
                    StreamFormat format = StreamFormat.of(
                            representation.encoder(settings.wire().cloudEventsSource()), framing(response));
                    return StreamStart.position(hub, start, NettyExchange.channel(response))
                            .flatMap(from -> Upgrade.of(
                                    response,
                                    firstBytes(representation),
                                    place,
                                    channel -> streams.join(place, channel, filter, format, from)));
                })
                .doOnError(e -> place.release())
                .doOnCancel(place::release);
    }

    private static void setHeaders(HttpHeaders headers, Representation representation) {
        headers.set(HttpHeaders.CONTENT_TYPE, representation.mediaType());
        headers.setCacheControl("no-store, no-transform");
        headers.set("X-Accel-Buffering", "no");
        headers.add(HttpHeaders.VARY, HttpHeaders.ACCEPT);
    }

    /** For SSE a comment, so that onopen fires, and the time to reconnect; a line of JSON would have no place for either. */
    private byte[] firstBytes(Representation representation) {
        return representation == Representation.SSE ? sseStart(0) : new byte[0];
    }

    private byte[] sseStart(long laterMillis) {
        return (":\nretry: " + (settings.stream().retryMillis() + laterMillis) + "\n\n").getBytes(US_ASCII);
    }

    /** A native EventSource does not come back after any status but 200. */
    private Mono<Void> turnAway(ServerHttpResponse response, Representation representation, Problem problem) {
        if (representation != Representation.SSE) {
            throw problem;
        }
        byte[] start = sseStart(returnMillis(problem));
        return response.writeWith(Mono.just(response.bufferFactory().wrap(start)));
    }

    /** After how long a client that was turned away may come back, at least. */
    static long returnMillis(Problem problem) {
        Duration retryAfter = problem.status() == 429 ? problem.retryAfter() : null;
        return retryAfter == null ? 0 : retryAfter.toMillis();
    }

    static Framing framing(ServerHttpResponse response) {
        HttpServerRequest request = NettyExchange.request(response);
        if (request.version().majorVersion() == 2) {
            return Framing.HTTP2;
        }
        if (isOfOneConnection(request)) {
            NettyExchange.response(response).chunkedTransfer(false).keepAlive(false);
            return Framing.NONE;
        }
        return Framing.CHUNKS;
    }

    private static boolean isOfOneConnection(HttpServerRequest request) {
        return request.version().minorVersion() == 0
                || request.requestHeaders().containsValue(HttpHeaders.CONNECTION, "close", true);
    }
}
