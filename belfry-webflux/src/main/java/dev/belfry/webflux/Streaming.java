package dev.belfry.webflux;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.belfry.EventFilter;
import dev.belfry.Hub;
import dev.belfry.Position;
import dev.belfry.Start;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** {@code GET} for a stream: SSE or NDJSON, in chunks, to the connection's end, or in HTTP/2 frames. */
final class Streaming {
    private final Hub hub;
    private final Streams streams;
    private final WireSettings settings;

    Streaming(Hub hub, Streams streams, WireSettings settings) {
        this.hub = hub;
        this.streams = streams;
        this.settings = settings;
    }

    Mono<Void> handle(ServerWebExchange exchange, Representation representation) {
        ReadRequest request = new ReadRequest(exchange.getRequest(), settings);
        EventFilter filter = request.filter();
        Start start = request.start().orElse(Start.NOW);
        ServerHttpResponse response = exchange.getResponse();
        setHeaders(response.getHeaders(), representation);
        if (exchange.getRequest().getMethod().equals(HttpMethod.HEAD)) {
            return response.setComplete();
        }
        if (!streams.isOpen()) {
            return turnAway(response, representation);
        }
        WireFormat format = WireFormat.of(representation.body(), framing(response));
        return position(hub, start)
                .flatMap(from -> Upgrade.of(
                        response, firstBytes(representation), channel -> streams.join(channel, filter, format, from)));
    }

    /** "Now" is before the first byte of the answer, so that a client which has seen one misses nothing. */
    static Mono<Position> position(Hub hub, Start start) {
        return start instanceof Start.Since
                ? Mono.fromCallable(() -> hub.resolve(start)).subscribeOn(Schedulers.fromExecutor(hub.readers()))
                : Mono.fromCallable(() -> hub.resolve(start));
    }

    private static void setHeaders(HttpHeaders headers, Representation representation) {
        headers.setContentType(representation.type());
        headers.setCacheControl("no-store, no-transform");
        headers.set("X-Accel-Buffering", "no");
        headers.add(HttpHeaders.VARY, HttpHeaders.ACCEPT);
    }

    /** For SSE a comment, so that onopen fires, and the time to reconnect; a line of JSON would have no place for either. */
    private byte[] firstBytes(Representation representation) {
        return representation == Representation.SSE ? sseStart() : new byte[0];
    }

    private byte[] sseStart() {
        return (":\nretry: " + settings.stream().retryMillis() + "\n\n").getBytes(US_ASCII);
    }

    /** A native EventSource does not come back after any status but 200. */
    private Mono<Void> turnAway(ServerHttpResponse response, Representation representation) {
        if (representation != Representation.SSE) {
            throw noRoom();
        }
        return response.writeWith(Mono.just(response.bufferFactory().wrap(sseStart())));
    }

    static Problem noRoom() {
        return new Problem(HttpStatus.SERVICE_UNAVAILABLE, "no-room", "there is no room for another stream, try again");
    }

    private static WireFormat.Framing framing(ServerHttpResponse response) {
        HttpServerResponse nativeResponse = Upgrade.nativeResponse(response);
        HttpServerRequest request = (HttpServerRequest) nativeResponse;
        if (request.version().majorVersion() == 2) {
            return WireFormat.Framing.HTTP2;
        }
        if (isOfOneConnection(request)) {
            nativeResponse.chunkedTransfer(false).keepAlive(false);
            return WireFormat.Framing.NONE;
        }
        return WireFormat.Framing.CHUNKED;
    }

    private static boolean isOfOneConnection(HttpServerRequest request) {
        return request.version().minorVersion() == 0
                || request.requestHeaders().containsValue(HttpHeaders.CONNECTION, "close", true);
    }
}
