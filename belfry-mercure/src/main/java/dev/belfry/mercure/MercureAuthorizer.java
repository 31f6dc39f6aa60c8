package dev.belfry.mercure;

import dev.belfry.Permissions;
import dev.belfry.webflux.Authorizer;
import dev.belfry.webflux.OriginPolicy;
import dev.belfry.wire.Problem;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Says who sends a request: the one whose token it carries in one of Mercure's places, or else whoever the endpoint's own authorizer
 * takes the sender for. On an open server that is anybody, whatever the token.
 */
final class MercureAuthorizer {
    private static final List<String> STRICT_CLAIMS = List.of("iss", "exp", "aud", "sub", "client_id", "iat", "jti");

    private final @Nullable MercureTokens tokens;
    private final Authorizer authorizer;
    private final OriginPolicy origins;
    private final MercureSettings settings;

    MercureAuthorizer(
            @Nullable MercureTokens tokens, Authorizer authorizer, OriginPolicy origins, MercureSettings settings) {
        this.tokens = tokens;
        this.authorizer = authorizer;
        this.origins = origins;
        this.settings = settings;
    }

    Mono<MercureCaller> authorize(ServerWebExchange exchange, Credentials credentials, MercureVersion version) {
        String token = credentials.token();
        if (tokens == null || token == null) {
            return ask(exchange, version);
        }
        if (credentials.isCookie() && exchange.getRequest().getMethod().equals(HttpMethod.POST)) {
            checkPage(exchange.getRequest());
        }
        if (token.isEmpty() || token.length() > Credentials.MAX_LENGTH) {
            throw new Problem(401, Refusals.INVALID_TOKEN, "the token is not accepted");
        }
        boolean isStrict = settings.strict() && version == MercureVersion.V1;
        if (isStrict && !credentials.isAccessToken()) {
            throw new Problem(401, Refusals.INVALID_TOKEN, "the token is not accepted: its typ is not at+jwt");
        }
        return tokens.read(token).map(bearer -> {
            if (isStrict && !bearer.claims().keySet().containsAll(STRICT_CLAIMS)) {
                throw new Problem(401, Refusals.INVALID_TOKEN, "the token is not accepted: it lacks a claim");
            }
            return new MercureCaller(bearer.permissions(), bearer.claims(), true, version);
        });
    }

    private Mono<MercureCaller> ask(ServerWebExchange exchange, MercureVersion version) {
        return Mono.defer(() -> authorizer.authorize(exchange))
                .map(permissions -> new MercureCaller(permissions, Map.of(), isKnown(permissions), version))
                .switchIfEmpty(Mono.error(() -> new Problem(401, Refusals.NO_TOKEN, "this needs a token")));
    }

    /** Whether the application knows who it is, or does not want to. */
    private static boolean isKnown(Permissions permissions) {
        return permissions.subject() != null || permissions.isOpen();
    }

    /** A browser sends a cookie whoever has written the page; what has neither Origin nor Referer could be any page's. */
    private void checkPage(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        if (headers.containsHeader(HttpHeaders.ORIGIN)) {
            return; // that was looked at for every request
        }
        String referer = headers.getFirst(HttpHeaders.REFERER);
        if (referer == null || !origins.allows(originOf(referer), request)) {
            throw OriginPolicy.notAllowed();
        }
    }

    private static String originOf(String referer) {
        try {
            URI url = URI.create(referer);
            return url.getScheme() + "://" + url.getRawAuthority();
        } catch (IllegalArgumentException e) {
            return "null";
        }
    }
}
