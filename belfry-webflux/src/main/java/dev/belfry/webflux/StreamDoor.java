package dev.belfry.webflux;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.belfry.EventFilter;
import dev.belfry.Permissions;
import dev.belfry.Position;
import dev.belfry.stream.Framing;
import dev.belfry.stream.StreamFormat;
import dev.belfry.stream.StreamPlace;
import dev.belfry.stream.StreamRegistry;
import dev.belfry.stream.Subscriber;
import dev.belfry.wire.EventEncoder;
import dev.belfry.wire.Problem;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.function.Consumer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/** Opens streams, for the endpoint and for the doors of other protocols: in chunks, to the connection's end, or in HTTP/2 frames. */
public final class StreamDoor {
    private final StreamRegistry streams;
    private final StreamPlaces places;
    private final EndpointSettings settings;

    /** Opens them among these streams, as far as the limits allow. */
    public StreamDoor(StreamRegistry streams, ClientLimits limits, EndpointSettings settings) {
        this.streams = streams;
        places = new StreamPlaces(streams, limits);
        this.settings = settings;
    }

    /**
     * The stream that a request asks for; it ends when the permissions do.
     *
     * @param isSse whether its format has a place for comments, and for the time after which to come back
     */
    public record Stream(EventFilter filter, Permissions permissions, EventEncoder encoder, boolean isSse) {}

    /**
     * Answers with a stream. When there is no room for one of Server-Sent Events, or it is beyond a limit, it answers with the time after
     * which to come back: a native EventSource does not come back after any status but 200.
     *
     * @param start where it begins; answers on the connection's event loop, and may set headers of the response before
     * @param joined is told of the channel when the stream has begun, on its event loop
     * @throws Problem when there is no room for another format
     */
    public Mono<Void> open(ServerWebExchange exchange, Stream stream, Mono<Position> start, Consumer<Channel> joined) {
        ServerHttpResponse response = exchange.getResponse();
        StreamPlace place;
        try {
            place = places.reserve(exchange, stream.permissions, stream.filter);
        } catch (Problem problem) {
            return turnAway(response, stream, problem);
        }
        return start.flatMap(from -> {
                    // it says how the answer is framed, so it comes before the first byte
                    StreamFormat format = StreamFormat.of(stream.encoder, framing(response));
                    return Upgrade.of(response, firstBytes(stream), place, channel -> {
                        Subscriber subscriber = streams.join(place, channel, stream.filter, format, from);
                        joined.accept(channel);
                        return subscriber;
                    });
                })
                .doOnError(e -> place.release())
                .doOnCancel(place::release);
    }

    /** For SSE a comment, so that onopen fires, and the time to reconnect; a line of JSON would have no place for either. */
    private byte[] firstBytes(Stream stream) {
        return stream.isSse ? sseStart(0) : new byte[0];
    }

    private byte[] sseStart(long laterMillis) {
        return (":\nretry: " + (settings.stream().retryMillis() + laterMillis) + "\n\n").getBytes(US_ASCII);
    }

    private Mono<Void> turnAway(ServerHttpResponse response, Stream stream, Problem problem) {
        if (!stream.isSse) {
            throw problem;
        }
        Duration retryAfter = problem.status() == 429 ? problem.retryAfter() : null;
        byte[] start = sseStart(retryAfter == null ? 0 : retryAfter.toMillis());
        return response.writeWith(Mono.just(response.bufferFactory().wrap(start)));
    }

    private static Framing framing(ServerHttpResponse response) {
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
