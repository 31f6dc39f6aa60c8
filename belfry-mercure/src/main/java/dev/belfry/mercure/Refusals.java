package dev.belfry.mercure;

import dev.belfry.webflux.ProblemResponse;
import dev.belfry.wire.Problem;
import java.net.URI;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Says no, in the words of each version: 1.0 has those of RFC 6750, 0.x has statuses of its own. */
final class Refusals {
    static final String NO_TOKEN = "no-token";
    static final String INVALID_TOKEN = "invalid-token";
    static final String INVALID_PRESENTATION = "invalid-token-presentation";
    static final String FORBIDDEN = "forbidden";

    private final MercureSettings settings;

    Refusals(MercureSettings settings) {
        this.settings = settings;
    }

    /** Somebody who has not said who they are is asked to; somebody who has may not. 0.x says 401 for both when it is about updates. */
    static Problem notAllowed(MercureCaller caller, String what) {
        if (!caller.hasToken()) {
            return new Problem(401, NO_TOKEN, what + " needs a token");
        }
        return new Problem(caller.version() == MercureVersion.V1 ? 403 : 401, FORBIDDEN, what + " is not allowed");
    }

    Mono<Void> write(ServerWebExchange exchange, Problem problem, MercureVersion version) {
        String challenge = challenge(exchange, problem, version);
        if (!challenge.isEmpty()) {
            exchange.getResponse().getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, challenge);
        }
        return ProblemResponse.write(exchange, problem);
    }

    private String challenge(ServerWebExchange exchange, Problem problem, MercureVersion version) {
        String error = switch (problem.code()) {
            case INVALID_TOKEN -> "invalid_token";
            case INVALID_PRESENTATION -> "invalid_request";
            case FORBIDDEN -> "insufficient_scope";
            default -> "";
        };
        if (problem.status() != 401 && (error.isEmpty() || version == MercureVersion.V0)) {
            return "";
        }
        StringBuilder challenge = new StringBuilder("Bearer");
        if (!error.isEmpty()) {
            challenge.append(" error=\"").append(error).append('"');
        }
        if (version == MercureVersion.V1 && problem.status() == 401) {
            challenge.append(error.isEmpty() ? " " : ", ").append("resource_metadata=\"");
            challenge.append(metadataUrl(exchange)).append('"');
        }
        return challenge.toString();
    }

    private URI metadataUrl(ServerWebExchange exchange) {
        return hubUrl(exchange, settings).resolve(MercureSettings.METADATA_PATH);
    }

    /** As it was set, or as the client has it. */
    static URI hubUrl(ServerWebExchange exchange, MercureSettings settings) {
        return settings.hubUrl().equals(MercureSettings.DEFAULT_URL)
                ? exchange.getRequest().getURI().resolve(MercureSettings.PATH)
                : settings.hubUrl();
    }
}
