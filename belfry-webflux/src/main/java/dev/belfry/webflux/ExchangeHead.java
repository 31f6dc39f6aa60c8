package dev.belfry.webflux;

import dev.belfry.wire.RequestHead;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** The head of a request, as WebFlux has it. */
record ExchangeHead(ServerHttpRequest request) implements RequestHead {
    @Override
    public String path() {
        return request.getPath().pathWithinApplication().value();
    }

    @Override
    public @Nullable String query() {
        return request.getURI().getRawQuery();
    }

    @Override
    public List<String> headers(String name) {
        return request.getHeaders().getOrDefault(name, List.of());
    }
}
