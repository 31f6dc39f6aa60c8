package dev.belfry.webflux;

import dev.belfry.wire.RequestHead;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/**
 * The head of a request, as WebFlux has it.
 *
 * @param form the parameters of a body that belong to those of the URL; null when there is none
 */
public record ExchangeHead(
        ServerHttpRequest request, @Nullable String form) implements RequestHead {
    private static final String FORM = ExchangeHead.class.getName() + ".form";

    /** With the form, where one was read. */
    public static ExchangeHead of(ServerWebExchange exchange) {
        return new ExchangeHead(exchange.getRequest(), exchange.getAttribute(FORM));
    }

    static void setForm(ServerWebExchange exchange, String form) {
        exchange.getAttributes().put(FORM, form);
    }

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

    @Override
    public Set<String> headerNames() {
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        names.addAll(request.getHeaders().headerNames());
        return names;
    }
}
