package dev.belfry.webflux;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.belfry.EventFilter;
import dev.belfry.Permissions;
import dev.belfry.Position;
import dev.belfry.stream.StreamFormat;
import dev.belfry.stream.StreamPlace;
import dev.belfry.stream.StreamRegistry;
import dev.belfry.stream.Subscriber;
import dev.belfry.wire.EventEncoder;
import dev.belfry.wire.Problem;
import io.netty.channel.Channel;
import java.util.function.Consumer;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Opens streams of Server-Sent Events for the doors of other protocols, as the endpoint opens its own. */
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

    /** The stream that a request asks for; it ends when the permissions do. */
    public record Stream(EventFilter filter, Permissions permissions, EventEncoder encoder) {}

    /**
     * Answers with a stream, or, when there is no room for it or it is beyond a limit, with the time after which to come back: a native EventSource does not
     * come back after any status but 200.
     *
     * @param start where it begins; may answer on any thread, and may set headers of the response before
     * @param joined is told of the channel when the stream has begun, on its event loop
     */
    public Mono<Void> open(ServerWebExchange exchange, Stream stream, Mono<Position> start, Consumer<Channel> joined) {
        ServerHttpResponse response = exchange.getResponse();
        Channel channel = NettyExchange.channel(response);
        StreamPlace place;
        try {
            place = places.reserve(exchange, stream.permissions, stream.filter);
        } catch (Problem problem) {
            byte[] turnedAway = firstBytes(StreamHandler.returnMillis(problem));
            return response.writeWith(Mono.just(response.bufferFactory().wrap(turnedAway)));
        }
        return start.publishOn(Schedulers.fromExecutor(channel.eventLoop()))
                .flatMap(from -> {
                    StreamFormat format = StreamFormat.of(stream.encoder, StreamHandler.framing(response));
                    return Upgrade.of(response, firstBytes(0), place, bare -> {
                        Subscriber subscriber = streams.join(place, bare, stream.filter, format, from);
                        joined.accept(bare);
                        return subscriber;
                    });
                })
                .doOnError(e -> place.release())
                .doOnCancel(place::release);
    }

    /** A comment, so that onopen fires, and the time to reconnect. */
    private byte[] firstBytes(long atLeastMillis) {
        long retryMillis = Math.max(atLeastMillis, settings.stream().retryMillis());
        return (":\nretry: " + retryMillis + "\n\n").getBytes(US_ASCII);
    }
}
