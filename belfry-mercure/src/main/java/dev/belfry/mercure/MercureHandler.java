package dev.belfry.mercure;

import dev.belfry.Hub;
import dev.belfry.stream.StreamRegistry;
import dev.belfry.webflux.Authorizer;
import dev.belfry.webflux.BodyDoor;
import dev.belfry.webflux.ClientLimits;
import dev.belfry.webflux.EndpointSettings;
import dev.belfry.webflux.FailureAnswer;
import dev.belfry.webflux.NettyExchange;
import dev.belfry.webflux.OriginPolicy;
import dev.belfry.webflux.QueryBody;
import dev.belfry.webflux.RefusalListener;
import dev.belfry.webflux.SecurityHeaders;
import dev.belfry.webflux.StreamDoor;
import dev.belfry.wire.Problem;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A Mercure hub on the same log and streams as the endpoint: one URL for subscribers and publishers, and below it what is known of
 * subscriptions. A request is one of 1.0 when it uses a name of 1.0: a field {@code match…} or {@code last_event_id}, the cookie, the
 * method {@code QUERY}, or a token that says so itself. Every other one is of 0.x.
 */
public final class MercureHandler implements WebHandler {
    private static final Set<HttpMethod> METHODS =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST, QueryBody.QUERY, HttpMethod.OPTIONS);
    private static final String ALLOW = "GET, HEAD, POST, QUERY, OPTIONS";
    private static final String EXPOSED =
            "ETag, Last-Event-ID, Link, Mercure-Last-Event-ID, Retry-After, WWW-Authenticate";
    private static final String VERSION = MercureHandler.class.getName() + ".version";

    private final MercureSettings settings;
    private final MercureAuthorizer authorizer;
    private final OriginPolicy origins;
    private final FailureAnswer failures;
    private final Refusals refused;
    private final BodyDoor bodies;
    private final SubscribeHandler subscribing;
    private final UpdateHandler publishing;
    private final SubscriptionsHandler subscriptions;

    /**
     * Serves a hub.
     *
     * @param streams of the same hub
     * @param limits what one client may do, which the endpoint shares
     * @param authorizer says what senders without a Mercure token may do
     * @param tokens verifies tokens; null on a server that takes none, where the authorizer alone says who may what
     */
    public MercureHandler(
            Hub hub,
            StreamRegistry streams,
            ClientLimits limits,
            EndpointSettings endpoint,
            MercureSettings settings,
            Authorizer authorizer,
            @Nullable MercureTokens tokens,
            RefusalListener refusals) {
        this.settings = settings;
        failures = new FailureAnswer(refusals, this::write);
        origins = new OriginPolicy(endpoint);
        refused = new Refusals(settings);
        this.authorizer = new MercureAuthorizer(tokens, authorizer, origins, settings);
        bodies = new BodyDoor(hub, streams, endpoint.wire());
        MercurePresence presence = settings.subscriptions() ? new MercurePresence(hub, streams.budget()) : null;
        subscribing = new SubscribeHandler(hub, new StreamDoor(streams, limits, endpoint), settings, presence);
        publishing = new UpdateHandler(hub, limits, bodies, settings);
        subscriptions = new SubscriptionsHandler(hub, settings, presence);
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        return Mono.defer(() -> dispatch(exchange)).onErrorResume(error -> failures.answer(exchange, error));
    }

    private Mono<Void> dispatch(ServerWebExchange exchange) {
        HttpHeaders headers = exchange.getResponse().getHeaders();
        SecurityHeaders.addTo(headers);
        origins.check(exchange);
        if (OriginPolicy.isPreflight(exchange)) {
            return origins.answerPreflight(exchange, "GET, HEAD, POST, QUERY");
        }
        if (headers.containsHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN)) {
            headers.set(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
        HttpMethod method = exchange.getRequest().getMethod();
        String path = exchange.getRequest().getPath().pathWithinApplication().value();
        boolean isHub = path.equals(MercureSettings.PATH);
        if (!isHub && !path.equals(MercureSubscription.PATH) && !path.startsWith(MercureSubscription.PATH + '/')) {
            throw new Problem(404, "not-found", "the hub is " + MercureSettings.PATH);
        }
        if (!METHODS.contains(method)
                || (!isHub && (method.equals(HttpMethod.POST) || method.equals(QueryBody.QUERY)))) {
            headers.set(HttpHeaders.ALLOW, isHub ? ALLOW : "GET, HEAD, OPTIONS");
            throw new Problem(405, "method-not-allowed", "supported methods: " + headers.getFirst(HttpHeaders.ALLOW));
        }
        return method.equals(HttpMethod.OPTIONS) ? options(exchange) : authorize(exchange, path);
    }

    private static Mono<Void> options(ServerWebExchange exchange) {
        exchange.getResponse().setStatusCode(HttpStatus.NO_CONTENT);
        exchange.getResponse().getHeaders().set(HttpHeaders.ALLOW, ALLOW);
        return exchange.getResponse().setComplete();
    }

    private Mono<Void> authorize(ServerWebExchange exchange, String path) {
        ServerHttpRequest request = exchange.getRequest();
        Form query = Form.ofQuery(request.getURI().getRawQuery());
        boolean isNamedV1 = isNamedV1(request, query, path);
        Credentials credentials =
                Credentials.of(request, query, settings.speaksV0() && !isNamedV1, settings.speaksV1());
        boolean isV1 = isNamedV1 || (settings.speaksV1() && credentials.isOfV1());
        MercureVersion version = isV1 ? MercureVersion.V1 : MercureVersion.V0;
        exchange.getAttributes().put(VERSION, version);
        return authorizer
                .authorize(exchange, credentials, version)
                // the doors belong to the loop, as those of the endpoint do
                .publishOn(Schedulers.fromExecutor(
                        NettyExchange.channel(exchange.getResponse()).eventLoop()))
                .flatMap(caller -> serve(exchange, caller, query, path));
    }

    /** Whether it is of 1.0, whatever its token is. */
    private boolean isNamedV1(ServerHttpRequest request, Form query, String path) {
        return !settings.speaksV0()
                || (settings.speaksV1()
                        && (request.getMethod().equals(QueryBody.QUERY)
                                || Matches.areOfV1(query)
                                || (path.startsWith(MercureSubscription.PATH) && SubscriptionsHandler.isOfV1(path))));
    }

    private Mono<Void> serve(ServerWebExchange exchange, MercureCaller caller, Form query, String path) {
        HttpMethod method = exchange.getRequest().getMethod();
        if (!path.equals(MercureSettings.PATH)) {
            return subscriptions.handle(exchange, caller, path);
        }
        if (method.equals(HttpMethod.POST)) {
            return publishing.handle(exchange, caller);
        }
        if (!method.equals(QueryBody.QUERY)) {
            return subscribing.handle(exchange, caller, query);
        }
        UpdateHandler.checkForm(exchange.getRequest());
        // the budget is for the body only, and the stream lasts
        return bodies.take(exchange, Form::ofBody, (form, loop) -> Mono.just(form))
                .flatMap(form -> subscribing.handle(exchange, caller, query.and(form)));
    }

    private Mono<Void> write(ServerWebExchange exchange, Problem problem) {
        MercureVersion version =
                exchange.getAttributeOrDefault(VERSION, settings.speaksV0() ? MercureVersion.V0 : MercureVersion.V1);
        return refused.write(exchange, problem, version);
    }
}
