package dev.belfry.boot;

import java.util.Map;
import org.springframework.context.ApplicationContext;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;

/**
 * Where the endpoint is: behind annotated controllers, which are at 0, and in front of static resources. A controller that
 * maps the same path has it, for all methods.
 */
final class EndpointMapping extends SimpleUrlHandlerMapping {
    private static final int ORDER = 1;

    private final WebHandler endpoint;

    EndpointMapping(String path, WebHandler endpoint) {
        this(Map.of(path, endpoint, path + "/**", endpoint), endpoint);
    }

    private EndpointMapping(Map<String, WebHandler> paths, WebHandler endpoint) {
        super(paths, ORDER);
        this.endpoint = endpoint;
    }

    /** An endpoint with nothing behind its path. */
    static EndpointMapping exactly(String path, WebHandler endpoint) {
        return new EndpointMapping(Map.of(path, endpoint), endpoint);
    }

    /** Without Spring's CORS: the endpoint has a stricter rule, and refuses with a body. Spring calls no handler for a preflight. */
    @Override
    public Mono<Object> getHandler(ServerWebExchange exchange) {
        Mono<Object> handler = getHandlerInternal(exchange);
        return CorsUtils.isPreFlightRequest(exchange.getRequest())
                ? handler.flatMap(found -> endpoint.handle(exchange).thenReturn(found))
                : handler;
    }

    /** Not on the port of Spring Boot's management, whose server asks the mappings of its parent too. */
    @Override
    public Mono<Object> getHandlerInternal(ServerWebExchange exchange) {
        ApplicationContext server = exchange.getApplicationContext();
        return server == null || server == getApplicationContext() ? super.getHandlerInternal(exchange) : Mono.empty();
    }
}
