package dev.belfry.boot;

import java.util.Map;
import org.springframework.context.ApplicationContext;
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

    EndpointMapping(String path, WebHandler handler) {
        super(Map.of(path, handler, path + "/**", handler), ORDER);
    }

    /** Not on the port of Spring Boot's management, whose server asks the mappings of its parent too. */
    @Override
    public Mono<Object> getHandlerInternal(ServerWebExchange exchange) {
        ApplicationContext server = exchange.getApplicationContext();
        return server == null || server == getApplicationContext() ? super.getHandlerInternal(exchange) : Mono.empty();
    }
}
