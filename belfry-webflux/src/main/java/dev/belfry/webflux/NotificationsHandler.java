package dev.belfry.webflux;

import dev.belfry.Hub;
import dev.belfry.Permissions;
import dev.belfry.Position;
import dev.belfry.stream.StreamRegistry;
import dev.belfry.wire.Problem;
import dev.belfry.wire.ReadRequest;
import dev.belfry.wire.Representation;
import dev.belfry.wire.WireSettings;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
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
    private static final Set<HttpMethod> METHODS =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, QueryBody.QUERY, HttpMethod.POST, HttpMethod.OPTIONS);
    private static final String ALLOW = "GET, HEAD, QUERY, POST, OPTIONS";

    private final WireSettings settings;
    private final Authorizer authorizer;
    private final FailureAnswer failures;
    private final OriginPolicy origins;
    private final PublishHandler publishing;
    private final QueryBody queries;
    private final EventHandler events;
    private final PollHandler polling;
    private final StreamHandler streaming;
    private final WebSocketHandler webSockets;

    /** Serves a hub, as far as the authorizer permits; the streams must be of the same hub, and share their budget of memory. */
    public NotificationsHandler(Hub hub, StreamRegistry streams, EndpointSettings settings, Authorizer authorizer) {
        this(hub, streams, settings, authorizer, RefusalListener.NONE);
    }

    /** The same, and tells what it refuses. */
    public NotificationsHandler(
            Hub hub,
            StreamRegistry streams,
            EndpointSettings settings,
            Authorizer authorizer,
            RefusalListener refusals) {
        this(
                hub,
                streams,
                settings,
                new ClientLimits(settings.limits(), settings.wire().publish().maxBatch()),
                authorizer,
                refusals);
    }

    /** The same, with limits that other doors share. */
    public NotificationsHandler(
            Hub hub,
            StreamRegistry streams,
            EndpointSettings settings,
            ClientLimits limits,
            Authorizer authorizer,
            RefusalListener refusals) {
        this.settings = settings.wire();
        this.authorizer = authorizer;
        failures = new FailureAnswer(authorizer, refusals);
        origins = new OriginPolicy(settings);
        StreamPlaces places = new StreamPlaces(streams, limits);
        BodyBudget bodies = new BodyBudget(streams.budget());
        BodyDoor bodyDoor = new BodyDoor(hub, bodies, settings.wire());
        publishing = new PublishHandler(hub, settings.wire(), limits, bodyDoor);
        queries = new QueryBody(settings.wire(), bodyDoor);
        events = new EventHandler(hub, settings.wire(), streams.budget());
        polling = new PollHandler(hub, settings.wire(), places, streams.budget());
        streaming = new StreamHandler(hub, new StreamDoor(streams, limits, settings), settings.wire());
        webSockets = new WebSocketHandler(
                hub,
                streams,
                limits,
                settings,
                bodies,
                refusals,
                authorizer instanceof TokenPermissions tokens ? tokens : null);
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        return Mono.defer(() -> dispatch(exchange)).onErrorResume(error -> failures.answer(exchange, error));
    }

    private Mono<Void> dispatch(ServerWebExchange exchange) {
        SecurityHeaders.addTo(exchange.getResponse().getHeaders());
        origins.check(exchange);
        if (OriginPolicy.isPreflight(exchange)) {
            return origins.answerPreflight(exchange);
        }
        HttpMethod method = exchange.getRequest().getMethod();
        if (!METHODS.contains(method)) {
            exchange.getResponse().getHeaders().set(HttpHeaders.ALLOW, ALLOW);
            throw new Problem(405, "method-not-allowed", "supported methods: " + ALLOW);
        }
        return method.equals(HttpMethod.OPTIONS)
                ? options(exchange)
                : Authorization.thenServe(authorizer, exchange, permissions -> serve(exchange, permissions));
    }

    private Mono<Void> serve(ServerWebExchange exchange, Permissions permissions) {
        HttpMethod method = exchange.getRequest().getMethod();
        if (method.equals(HttpMethod.POST)) {
            return publishing.handle(exchange, permissions);
        }
        if (method.equals(QueryBody.QUERY)) {
            QueryBody.announce(exchange);
            return queries.handle(exchange, () -> read(exchange, permissions));
        }
        return read(exchange, permissions);
    }

    private Mono<Void> read(ServerWebExchange exchange, Permissions permissions) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        if (WebSocketHandler.isWanted(headers)) {
            return webSockets.handle(exchange, permissions);
        }
        Representation representation = Representation.of(headers.getOrEmpty(HttpHeaders.ACCEPT));
        return representation.isStream()
                ? streaming.handle(exchange, permissions, representation)
                : eventOrPoll(exchange, permissions, representation);
    }

    private Mono<Void> eventOrPoll(ServerWebExchange exchange, Permissions permissions, Representation representation) {
        Optional<Position> id = new ReadRequest(ExchangeHead.of(exchange), settings).eventId();
        Supplier<Mono<Void>> poll = () -> polling.handle(exchange, permissions, representation);
        return id.isEmpty() ? poll.get() : events.handle(exchange, permissions, id.get(), representation, poll);
    }

    private static Mono<Void> options(ServerWebExchange exchange) {
        QueryBody.announce(exchange);
        exchange.getResponse().setStatusCode(HttpStatus.NO_CONTENT);
        exchange.getResponse().getHeaders().set(HttpHeaders.ALLOW, ALLOW);
        return exchange.getResponse().setComplete();
    }
}
