package dev.belfry.webflux;

import dev.belfry.Failure;
import dev.belfry.Hub;
import dev.belfry.Permissions;
import dev.belfry.Position;
import dev.belfry.RareLine;
import dev.belfry.stream.StreamRegistry;
import dev.belfry.wire.Problem;
import dev.belfry.wire.ReadRequest;
import dev.belfry.wire.Representation;
import dev.belfry.wire.WireSettings;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.Fuseable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The one endpoint: it publishes, and it chooses the transport by the request's own headers. It answers CORS preflights too,
 * and a page of an origin that is not allowed gets 403, whatever it asks for.
 */
public final class NotificationsHandler implements WebHandler {
    private static final Logger log = LoggerFactory.getLogger(NotificationsHandler.class);
    private static final RareLine failed = RareLine.error(log);
    private static final Set<HttpMethod> METHODS =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, QueryBody.QUERY, HttpMethod.POST, HttpMethod.OPTIONS);
    private static final String ALLOW = "GET, HEAD, QUERY, POST, OPTIONS";

    private final WireSettings settings;
    private final Authorizer authorizer;
    private final RefusalListener refusals;
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
        this.settings = settings.wire();
        this.authorizer = authorizer;
        this.refusals = refusals;
        origins = new OriginPolicy(settings);
        BodyBudget bodies = new BodyBudget(streams.budget());
        publishing = new PublishHandler(hub, settings.wire(), bodies);
        queries = new QueryBody(settings.wire(), bodies);
        events = new EventHandler(hub, settings.wire(), streams.budget());
        polling = new PollHandler(hub, settings.wire(), streams);
        streaming = new StreamHandler(hub, streams, settings);
        webSockets = new WebSocketHandler(
                hub,
                streams,
                settings,
                bodies,
                refusals,
                authorizer instanceof TokenPermissions tokens ? tokens : null);
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
        return method.equals(HttpMethod.OPTIONS) ? options(exchange) : authorize(exchange);
    }

    private Mono<Void> authorize(ServerWebExchange exchange) {
        Mono<Permissions> answer = Authorization.ask(authorizer, exchange);
        EventLoop loop = NettyExchange.channel(exchange.getResponse()).eventLoop();
        if (answer instanceof Fuseable.ScalarCallable<?> && loop.inEventLoop()) {
            // it is there already, and block takes it without waiting
            return serve(exchange, answer.block());
        }
        // the doors belong to the loop: else what a client says right behind a handshake could come between the answer
        // and the handlers that read it
        return answer.map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .publishOn(Schedulers.fromExecutor(loop))
                .flatMap(permissions -> serve(exchange, permissions.orElse(null)));
    }

    private Mono<Void> serve(ServerWebExchange exchange, @Nullable Permissions permissions) {
        if (permissions == null) {
            throw new Problem(403, "forbidden", "this needs a permission");
        }
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

    private Mono<Void> refuse(ServerWebExchange exchange, Throwable error) {
        if (error instanceof Authorization.Failed ofAuthorizer) {
            return Mono.error(ofAuthorizer.error);
        }
        Problem problem = Problem.of(error);
        if (problem != null) {
            refusals.refused(problem.code());
        }
        Channel channel = NettyExchange.channel(exchange.getResponse());
        if (!channel.isActive()) {
            log.debug("client gone cause={}", error.getClass().getSimpleName());
            return Mono.empty();
        }
        if (problem == null) {
            failed.log("request failed cause={}", new Failure(error));
        }
        if (exchange.getResponse().isCommitted()) {
            log.debug("failed behind the headers cause={}", error.getClass().getSimpleName());
            channel.close();
            return Mono.empty();
        }
        return ProblemResponse.write(exchange, problem == null ? Problem.internalError() : problem);
    }
}
