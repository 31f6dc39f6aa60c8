package dev.belfry.webflux;

import dev.belfry.Hub;
import dev.belfry.stream.StreamRegistry;
import dev.belfry.wire.Problem;
import dev.belfry.wire.Representation;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsConfigurationSource;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;

/**
 * The one endpoint: it publishes, and it chooses the transport by the request's own headers. Spring's handler mapping asks it
 * for the CORS rule, by which a page of an origin that is not allowed gets 403, whatever it asks for.
 */
public final class NotificationsHandler implements WebHandler, CorsConfigurationSource {
    private static final Logger log = LoggerFactory.getLogger(NotificationsHandler.class);
    private static final Set<HttpMethod> METHODS =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST, HttpMethod.OPTIONS);
    private static final String ALLOW = "GET, HEAD, POST, OPTIONS";

    private final EndpointSettings settings;
    private final PublishHandler publishing;
    private final PollHandler polling;
    private final StreamHandler streaming;
    private final WebSocketHandler webSockets;
    private final CorsConfiguration cors;

    /** Serves a hub; the streams must be of the same hub. */
    public NotificationsHandler(Hub hub, StreamRegistry streams, EndpointSettings settings) {
        this.settings = settings;
        BodyBudget bodies = BodyBudget.ofHeap();
        publishing = new PublishHandler(hub, settings.wire(), bodies);
        polling = new PollHandler(hub, settings.wire());
        streaming = new StreamHandler(hub, streams, settings);
        webSockets = new WebSocketHandler(hub, streams, settings, bodies);
        cors = cors(settings);
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        return Mono.defer(() -> dispatch(exchange)).onErrorResume(error -> refuse(exchange, error));
    }

    private Mono<Void> dispatch(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        checkHost(request);
        HttpMethod method = request.getMethod();
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

    /** A page that has had its name resolve to this machine (DNS rebinding) still sends its own name. */
    private void checkHost(ServerHttpRequest request) {
        if (settings.loopbackOnly() && !Loopback.isName(request.getHeaders().getHost())) {
            throw new Problem(
                    421, "not-loopback", "this server is open to its own machine only, under a loopback name");
        }
    }

    private static Mono<Void> refuse(ServerWebExchange exchange, Throwable error) {
        Problem problem = Problem.of(error);
        if (problem == null) {
            return Mono.error(error);
        }
        if (!NettyExchange.channel(exchange.getResponse()).isActive()) {
            log.debug("client gone code={}", problem.code());
            return Mono.empty();
        }
        if (exchange.getResponse().isCommitted()) {
            log.debug("failed behind the headers code={}", problem.code());
            return Mono.empty();
        }
        return ProblemResponse.write(exchange, problem);
    }

    @Override
    public CorsConfiguration getCorsConfiguration(ServerWebExchange exchange) {
        return cors;
    }

    private static CorsConfiguration cors(EndpointSettings settings) {
        CorsConfiguration cors = new CorsConfiguration();
        cors.setAllowedOrigins(List.copyOf(settings.allowedOrigins()));
        cors.setAllowedMethods(List.of("GET", "HEAD", "POST"));
        cors.setAllowedHeaders(
                List.of("Accept", "Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID", "Prefer"));
        cors.setExposedHeaders(List.of("ETag", "Idempotent-Replayed", "Preference-Applied", "Retry-After"));
        cors.setAllowCredentials(!settings.allowedOrigins().isEmpty());
        return cors;
    }
}
