package dev.belfry.webflux;

import dev.belfry.Hub;
import dev.belfry.stream.StreamRegistry;
import dev.belfry.wire.PublishRequest;
import dev.belfry.wire.RequestBody;
import dev.belfry.wire.WireSettings;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Takes the bodies of requests for all doors, those of other protocols too: within bounds of size and time, and the budget of memory. */
public final class BodyDoor {
    /** A larger body is parsed where no event loop waits for it. */
    static final int LONG_BYTES = 64 << 10;

    private final WireSettings settings;
    private final BodyBudget bodies;
    private final LongWork longWork;

    /** Takes them within the budget of the hub's streams. */
    public BodyDoor(Hub hub, StreamRegistry streams, WireSettings settings) {
        this(hub, new BodyBudget(streams.budget()), settings);
    }

    BodyDoor(Hub hub, BodyBudget bodies, WireSettings settings) {
        longWork = new LongWork(hub);
        this.settings = settings;
        this.bodies = bodies;
    }

    /**
     * Reads the body of a request, with the bounds of a publication, parses and uses it. What it holds of the budget is given back when that is done.
     *
     * @param parse makes something of the bytes, or throws a {@link dev.belfry.wire.Problem}
     * @param use what is done with it, told on the connection's event loop
     */
    public <T, R> Mono<R> take(
            ServerWebExchange exchange, Function<byte[], T> parse, BiFunction<T, EventLoop, Mono<R>> use) {
        RequestBody limits = new PublishRequest(ExchangeHead.of(exchange), settings).body();
        limits.checkLength();
        return take(exchange, limits, parse, use);
    }

    /** The same with other bounds. */
    <T, R> Mono<R> take(
            ServerWebExchange exchange,
            RequestBody limits,
            Function<byte[], T> parse,
            BiFunction<T, EventLoop, Mono<R>> use) {
        return Mono.defer(() -> {
            Channel channel = NettyExchange.channel(exchange.getResponse());
            BodyBudget.Share share = bodies.open(channel.remoteAddress());
            EventLoop loop = channel.eventLoop();
            return BodyReader.read(exchange.getRequest().getBody(), limits, share, loop)
                    .flatMap(body -> body.length > LONG_BYTES
                            ? longWork.on(channel, () -> parse(body, parse, share))
                            : Mono.just(parse(body, parse, share)))
                    .flatMap(parsed -> use.apply(parsed, loop))
                    .doFinally(signal -> share.discard());
        });
    }

    private static <T> T parse(byte[] body, Function<byte[], T> parse, BodyBudget.Share share) {
        if (!share.beginParsing(body.length)) {
            throw BodyReader.noRoom();
        }
        try {
            return parse.apply(body);
        } catch (OutOfMemoryError e) {
            // Reactor would throw it at the event loop, and the client would wait for an answer
            throw BodyReader.noRoom();
        } finally {
            share.endParsing(body.length);
        }
    }
}
