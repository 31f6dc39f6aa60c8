package dev.belfry.webflux;

import dev.belfry.EventFilter;
import dev.belfry.Permissions;
import dev.belfry.stream.StreamOwner;
import dev.belfry.stream.StreamPlace;
import dev.belfry.stream.StreamRegistry;
import dev.belfry.wire.Problem;
import org.springframework.web.server.ServerWebExchange;

/** Gives the doors places for streams, as far as there is room and the client's limits allow. */
final class StreamPlaces {
    private final StreamRegistry streams;
    private final ClientLimits limits;

    StreamPlaces(StreamRegistry streams, ClientLimits limits) {
        this.streams = streams;
        this.limits = limits;
    }

    /**
     * A place, which counts against the client's limits until it is released, or the channel of the subscriber that took it is closed.
     *
     * @throws Problem 503 without room, 429 beyond a limit
     */
    StreamPlace reserve(ServerWebExchange exchange, Permissions permissions, EventFilter filter) {
        Runnable close = limits.client(exchange, permissions).open();
        StreamPlace place = streams.reserve(
                filter,
                StreamOwner.of(permissions),
                NettyExchange.channel(exchange.getResponse()).remoteAddress());
        if (place == null) {
            close.run();
            throw Problem.noRoom();
        }
        place.whenFree(close);
        return place;
    }
}
