package dev.belfry.webflux;

import dev.belfry.Hub;
import dev.belfry.stream.StreamRegistry;
import dev.belfry.wire.Problem;
import dev.belfry.wire.Representation;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;

/**
 * The one endpoint: it publishes, and it chooses the transport by the request's own headers. It answers CORS preflights too,
 * and a page of an origin that is not allowed gets 403, whatever it asks for.
 */
public final class NotificationsHandler implements WebHandler {
    private static final Logger log = LoggerFactory.getLogger(NotificationsHandler.class);
    private static final Set<HttpMethod> METHODS =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST, HttpMethod.OPTIONS);
    private static final String ALLOW = "GET, HEAD, POST, OPTIONS";

    private final OriginPolicy origins;
    private final PublishHandler publishing;
    private final PollHandler polling;
    private final StreamHandler streaming;
    private final WebSocketHandler webSockets;

    /** Serves a hub; the streams must be of the same hub. */
    public NotificationsHandler(Hub hub, StreamRegistry streams, EndpointSettings settings) {
        origins = new OriginPolicy(settings);
        publishing = new PublishHandler(hub, settings.wire());
        polling = new PollHandler(hub, settings.wire());
        streaming = new StreamHandler(hub, streams, settings);
        webSockets = new WebSocketHandler(hub, streams, settings);
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        return Mono.defer(() -> dispatch(exchange)).onErrorResume(error -> refuse(exchange, error));
    }

    private Mono<Void> dispatch(ServerWebExchange exchange) {
        origins.check(exchange);
        if (OriginPolicy.isPreflight(exchange)) {
            return origins.answerPreflight(exchange);
        }
        HttpMethod method = exchange.getRequest().getMethod();
        if (!METHODS.contains(method)) {
            exchange.getResponse().getHeaders().set(HttpHeaders.ALLOW, ALLOW);
            throw new Problem(405, "method-not-allowed", "supported methods: " + ALLOW);
        }
        if (method.equals(HttpMethod.POST)) {
            return publishing.handle(exchange);
        }
        return method.equals(HttpMethod.OPTIONS) ? options(exchange) : read(exchange);
    }

    private Mono<Void> read(ServerWebExchange exchange) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        if (WebSocketHandler.isWanted(headers)) {
            return webSockets.handle(exchange);
        }
        Representation representation = Representation.of(headers.getOrEmpty(HttpHeaders.ACCEPT));
        return representation == Representation.JSON
                ? polling.handle(exchange)
                : streaming.handle(exchange, representation);
    }

    private static Mono<Void> options(ServerWebExchange exchange) {
        exchange.getResponse().setStatusCode(HttpStatus.NO_CONTENT);
        exchange.getResponse().getHeaders().set(HttpHeaders.ALLOW, ALLOW);
        return exchange.getResponse().setComplete();
    }

    private static Mono<Void> refuse(ServerWebExchange exchange, Throwable error) {
        Problem problem = Problem.of(error);
        if (problem == null) {
            return Mono.error(error);
        }
        if (exchange.getResponse().isCommitted()) {
            log.debug("failed behind the headers code={}", problem.code());
            return Mono.empty();
        }
        return ProblemResponse.write(exchange, problem);
    }
}
