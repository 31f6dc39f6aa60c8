package dev.belfry.webflux;

import org.springframework.core.Ordered;
import org.springframework.http.HttpMethod;
import org.springframework.http.codec.multipart.Part;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.CollectionUtils;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Keeps the body of a publication, or of a {@code QUERY}, from being read as a form before the endpoint reads it. What {@code curl -d} sends calls
 * itself a form, and a filter that looks for a field in it (a CSRF token, a hidden method) would leave nothing of the text.
 */
public final class PublicationBodyFilter implements WebFilter, Ordered {
    private final String path;

    /** For requests to the endpoint at this path. */
    public PublicationBodyFilter(String path) {
        this.path = path;
    }

    /** In front of all that might read a form. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE + 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return chain.filter(isForEndpoint(exchange.getRequest()) ? new Formless(exchange) : exchange);
    }

    private boolean isForEndpoint(ServerHttpRequest request) {
        String requested = request.getPath().pathWithinApplication().value();
        boolean hasBody = request.getMethod().equals(HttpMethod.POST)
                || request.getMethod().equals(QueryBody.QUERY);
        return hasBody
                && requested.startsWith(path)
                && (requested.length() == path.length() || requested.charAt(path.length()) == '/');
    }

    /** Has no form, and so leaves the body unread. Empty maps: filters go on with what comes, and an empty Mono would end them. */
    private static final class Formless extends ServerWebExchangeDecorator {
        Formless(ServerWebExchange exchange) {
            super(exchange);
        }

        @Override
        public Mono<MultiValueMap<String, String>> getFormData() {
            return Mono.just(CollectionUtils.unmodifiableMultiValueMap(new LinkedMultiValueMap<>()));
        }

        @Override
        public Mono<MultiValueMap<String, Part>> getMultipartData() {
            return Mono.just(CollectionUtils.unmodifiableMultiValueMap(new LinkedMultiValueMap<>()));
        }
    }
}
