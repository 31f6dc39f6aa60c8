package dev.belfry.webflux;

import dev.belfry.stream.MemoryBudget;
import dev.belfry.wire.FormBody;
import dev.belfry.wire.Problem;
import dev.belfry.wire.WireSettings;
import io.netty.channel.Channel;
import java.util.function.Supplier;
import org.springframework.http.HttpMethod;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Reads the body of a {@code QUERY} (RFC 10008), the {@code GET} with a body: parameters as a form has them, which count beside those
 * of the URL. Bounded as a publication is, in size, in time and in the budget of memory.
 */
public final class QueryBody {
    /** The method. */
    public static final HttpMethod QUERY = HttpMethod.valueOf("QUERY");

    private static final String ACCEPT_QUERY = "Accept-Query";

    private final WireSettings settings;
    private final BodyBudget bodies;

    /** For all doors of an endpoint. */
    public QueryBody(WireSettings settings, MemoryBudget memory) {
        this(settings, new BodyBudget(memory));
    }

    QueryBody(WireSettings settings, BodyBudget bodies) {
        this.settings = settings;
        this.bodies = bodies;
    }

    /** Says which bodies a resource takes (RFC 10008, section 3). */
    public static void announce(ServerWebExchange exchange) {
        exchange.getResponse().getHeaders().set(ACCEPT_QUERY, FormBody.MEDIA_TYPE);
    }

    /**
     * Reads the body and goes on. What the body holds of the budget is released when the answer is over, or has become a stream.
     *
     * @param door what answers, on the event loop; it finds the parameters by {@link ExchangeHead}, and reads them before it returns
     * @return an error is the {@link Problem} that the body is too large, too late, incomplete, or of another type
     */
    public Mono<Void> handle(ServerWebExchange exchange, Supplier<Mono<Void>> door) {
        FormBody form = new FormBody(ExchangeHead.of(exchange), settings);
        Channel channel = NettyExchange.channel(exchange.getResponse());
        return Mono.defer(() -> {
            BodyBudget.Share share = bodies.open(channel.remoteAddress());
            return BodyReader.read(exchange.getRequest().getBody(), form.limits(), share, channel.eventLoop())
                    .flatMap(body -> open(exchange, form, body, share, door))
                    .doFinally(signal -> share.close());
        });
    }

    private static Mono<Void> open(
            ServerWebExchange exchange, FormBody form, byte[] body, BodyBudget.Share share, Supplier<Mono<Void>> door) {
        if (!share.beginParsing(body.length)) {
            throw BodyReader.noRoom();
        }
        try {
            ExchangeHead.setForm(exchange, form.text(body));
            return door.get();
        } catch (OutOfMemoryError e) {
            // Reactor would throw it at the event loop, and the client would wait for an answer
            throw BodyReader.noRoom();
        } finally {
            share.endParsing(body.length);
        }
    }
}
