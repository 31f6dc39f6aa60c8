package dev.belfry.webflux;

import dev.belfry.Permissions;
import dev.belfry.security.Bearer;
import dev.belfry.security.BearerTokens;
import dev.belfry.security.InvalidToken;
import dev.belfry.security.KeysUnavailable;
import dev.belfry.security.Tickets;
import dev.belfry.webflux.Credentials.Credential;
import dev.belfry.wire.Problem;
import java.util.List;
import java.util.Objects;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.Fuseable;
import reactor.core.publisher.Mono;

/**
 * Permits what a token says: in the header {@code Authorization}, in a cookie, or behind a one-time ticket in the query. A request whose
 * token is not good is 401, and never served as if it had none. What it answers is a fixed text, with nothing of the request.
 */
public final class TokenAuthorizer implements Authorizer, TokenPermissions {
    private static final String SCHEME = "Bearer";

    private final BearerTokens tokens;
    private final Tickets tickets;
    private final String cookieName;
    private final boolean anonymous;

    private final Mono<Permissions> ofNobody = Mono.just(Permissions.ANONYMOUS);

    /**
     * Asks for credentials.
     *
     * @param cookieName in which cookie a token may be; the page that sets it makes it {@code HttpOnly}
     * @param anonymous whether a request without any may read public events
     */
    public TokenAuthorizer(BearerTokens tokens, Tickets tickets, String cookieName, boolean anonymous) {
        this.tokens = tokens;
        this.tickets = tickets;
        this.cookieName = cookieName;
        this.anonymous = anonymous;
    }

    @Override
    public Mono<Permissions> authorize(ServerWebExchange exchange) {
        List<Credential> credentials = Credentials.of(exchange.getRequest(), cookieName);
        if (credentials.isEmpty()) {
            return withoutCredentials(exchange);
        }
        if (credentials.size() > 1) {
            challenge(exchange, "invalid_request");
            throw Problem.badRequest(
                    "several-credentials", "a request has one token, in Authorization or in the cookie, or one ticket");
        }
        Credential credential = credentials.get(0);
        return switch (credential.place()) {
            case HEADER -> byHeader(exchange, credential.text());
            case COOKIE -> byCookie(exchange, credential.text());
            case TICKET -> byTicket(exchange, credential.text());
        };
    }

    private Mono<Permissions> withoutCredentials(ServerWebExchange exchange) {
        if (anonymous && !exchange.getRequest().getMethod().equals(HttpMethod.POST)) {
            return ofNobody;
        }
        throw missing(exchange);
    }

    /** Without an error: it may be that nobody knew (RFC 6750, 3.1). */
    private static Problem missing(ServerWebExchange exchange) {
        exchange.getResponse().getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, SCHEME);
        return new Problem(401, "missing-token", "this needs a token");
    }

    private Mono<Permissions> byHeader(ServerWebExchange exchange, String value) {
        int space = value.indexOf(' ');
        String scheme = space < 0 ? value : value.substring(0, space);
        if (!scheme.equalsIgnoreCase(SCHEME)) {
            throw missing(exchange);
        }
        return byToken(exchange, space < 0 ? "" : value.substring(space).strip());
    }

    /** A browser sends a cookie whoever has written the page, so the page must be one of ours. */
    private Mono<Permissions> byCookie(ServerWebExchange exchange, String token) {
        ServerHttpRequest request = exchange.getRequest();
        boolean hasOrigin = request.getHeaders().containsHeader(HttpHeaders.ORIGIN);
        if (Credentials.needsOrigin(request) && !hasOrigin) {
            throw new Problem(
                    403, "origin-not-allowed", "publishing and WebSocket by a cookie need Origin, as browsers send it");
        }
        return byToken(exchange, token);
    }

    private Mono<Permissions> byToken(ServerWebExchange exchange, String token) {
        try {
            Mono<Bearer> bearer = tokens.read(token);
            if (bearer instanceof Fuseable.ScalarCallable<?>) {
                // there already: the endpoint makes no operators for it
                return Mono.just(Objects.requireNonNull(bearer.block()).permissions());
            }
            return bearer.map(Bearer::permissions)
                    .onErrorMap(error -> error instanceof InvalidToken ? invalid(exchange) : unavailable(error));
        } catch (InvalidToken e) {
            throw invalid(exchange);
        }
    }

    /** Of a token that a WebSocket shows. */
    @Override
    public Mono<Permissions> permissions(String token) {
        return Mono.defer(() -> tokens.read(token))
                .map(Bearer::permissions)
                .onErrorMap(error -> error instanceof InvalidToken ? invalid() : unavailable(error));
    }

    private static Throwable unavailable(Throwable error) {
        return error instanceof KeysUnavailable
                ? new Problem(503, "keys-unavailable", "the keys that tokens are verified with cannot be fetched")
                : error;
    }

    private Problem invalid(ServerWebExchange exchange) {
        challenge(exchange, "invalid_token");
        return invalid();
    }

    private static Problem invalid() {
        return new Problem(401, "invalid-token", "the token is not valid here, or not any more");
    }

    /** For one connection that reads: a program that publishes can send a header. */
    private Mono<Permissions> byTicket(ServerWebExchange exchange, String ticket) {
        Permissions permissions =
                exchange.getRequest().getMethod().equals(HttpMethod.GET) ? tickets.redeem(ticket) : null;
        if (permissions == null) {
            throw invalid(exchange);
        }
        return Mono.just(permissions);
    }

    @Override
    public void refused(ServerWebExchange exchange, Problem problem) {
        if (problem.status() == 403 && problem.code().equals("forbidden")) {
            challenge(exchange, "insufficient_scope");
        }
    }

    private static void challenge(ServerWebExchange exchange, String error) {
        exchange.getResponse().getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, SCHEME + " error=\"" + error + "\"");
    }
}
