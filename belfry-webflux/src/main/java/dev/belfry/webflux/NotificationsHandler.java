package dev.belfry.webflux;

import dev.belfry.Hub;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsConfigurationSource;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;

/** The one endpoint: it publishes, and it chooses the transport by the request's own headers. */
public final class NotificationsHandler implements WebHandler, CorsConfigurationSource {
    /** Serves a hub; the streams must be of the same hub. */
    public NotificationsHandler(Hub hub, Streams streams, WireSettings settings) {}

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        return Mono.empty();
    }

    @Override
    public CorsConfiguration getCorsConfiguration(ServerWebExchange exchange) {
        return new CorsConfiguration();
    }
}
