package dev.belfry.webflux;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.belfry.Hub;
import dev.belfry.Permissions;
import dev.belfry.security.Ticket;
import dev.belfry.security.Tickets;
import dev.belfry.security.TooManyTickets;
import dev.belfry.stream.StreamRegistry;
import dev.belfry.wire.Problem;
import dev.belfry.wire.PublishSettings;
import dev.belfry.wire.TicketRequest;
import dev.belfry.wire.WireSettings;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;

/** Issues one-time tickets: {@code POST} with a token, by the same rules for origins as the endpoint. */
public final class TicketHandler implements WebHandler {
    private static final String ALLOW = "POST, OPTIONS";
    private static final PublishSettings BOUNDS =
            new PublishSettings(TicketRequest.MAX_BODY_BYTES, 1, Duration.ofSeconds(10));

    private final Authorizer authorizer;
    private final Tickets tickets;
    private final OriginPolicy origins;
    private final BodyDoor bodies;
    private final FailureAnswer failures;

    /** Issues to those whom the authorizer knows; what their requests take is within the budget of these streams. */
    public TicketHandler(
            Hub hub,
            StreamRegistry streams,
            EndpointSettings settings,
            Authorizer authorizer,
            Tickets tickets,
            RefusalListener refusals) {
        this.authorizer = authorizer;
        this.tickets = tickets;
        origins = new OriginPolicy(settings);
        WireSettings endpoint = settings.wire();
        WireSettings wire = new WireSettings(endpoint.path(), BOUNDS, endpoint.poll(), endpoint.maxPatterns());
        bodies = new BodyDoor(hub, streams, wire);
        failures = new FailureAnswer(authorizer, refusals);
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        return Mono.defer(() -> dispatch(exchange)).onErrorResume(error -> failures.answer(exchange, error));
    }

    private Mono<Void> dispatch(ServerWebExchange exchange) {
        origins.check(exchange);
        if (OriginPolicy.isPreflight(exchange)) {
            return origins.answerPreflight(exchange);
        }
        if (!exchange.getRequest().getMethod().equals(HttpMethod.POST)) {
            exchange.getResponse().getHeaders().set(HttpHeaders.ALLOW, ALLOW);
            throw new Problem(405, "method-not-allowed", "supported methods: " + ALLOW);
        }
        return Authorization.thenServe(authorizer, exchange, permissions -> issue(exchange, permissions));
    }

    private Mono<Void> issue(ServerWebExchange exchange, Permissions permissions) {
        return bodies.take(
                        exchange,
                        TicketRequest::read,
                        (request, loop) -> Mono.fromSupplier(() -> issue(permissions, request)))
                .flatMap(ticket -> answer(exchange.getResponse(), ticket));
    }

    private Ticket issue(Permissions permissions, TicketRequest request) {
        try {
            return tickets.issue(permissions, request.topics(), request.ttl());
        } catch (TooManyTickets e) {
            throw new Problem(
                    e.ofSubject() ? 429 : 503, "too-many-tickets", "too many tickets wait to be used; try again");
        }
    }

    private static Mono<Void> answer(ServerHttpResponse response, Ticket ticket) {
        response.setStatusCode(HttpStatus.CREATED);
        HttpHeaders headers = response.getHeaders();
        headers.setContentType(MediaType.APPLICATION_JSON);
        headers.setCacheControl("no-store");
        byte[] json = ("{\"ticket\":\"" + ticket.text() + "\",\"expires\":\""
                        + ticket.expires().truncatedTo(ChronoUnit.MILLIS) + "\"}\n")
                .getBytes(US_ASCII);
        headers.setContentLength(json.length);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(json)));
    }
}
