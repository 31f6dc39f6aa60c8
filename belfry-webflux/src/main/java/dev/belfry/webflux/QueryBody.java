package dev.belfry.webflux;

import dev.belfry.wire.FormBody;
import dev.belfry.wire.Problem;
import dev.belfry.wire.WireSettings;
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
    private final BodyDoor bodies;

    QueryBody(WireSettings settings, BodyDoor bodies) {
        this.settings = settings;
        this.bodies = bodies;
    }

    /** Says which bodies a resource takes (RFC 10008, section 3). */
    static void announce(ServerWebExchange exchange) {
        exchange.getResponse().getHeaders().set(ACCEPT_QUERY, FormBody.MEDIA_TYPE);
    }

    /**
     * Reads the body and goes on. What the body holds of the budget is released when the answer is over, or has become a stream.
     *
     * @param door what answers, on the event loop; it finds the parameters by {@link ExchangeHead}
     * @return an error is the {@link Problem} that the body is too large, too late, incomplete, or of another type
     */
    Mono<Void> handle(ServerWebExchange exchange, Supplier<Mono<Void>> door) {
        FormBody form = new FormBody(ExchangeHead.of(exchange), settings);
        return bodies.take(exchange, form.limits(), form::text, (text, loop) -> {
            ExchangeHead.setForm(exchange, text);
            return door.get();
        });
    }
}
