package dev.belfry.mercure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;

/** Says what tokens the hub takes (RFC 9728); a hub without it is taken for one of 0.x. */
public final class MercureMetadata implements WebHandler {
    private final MercureSettings settings;

    /** For a hub with these settings. */
    public MercureMetadata(MercureSettings settings) {
        this.settings = settings;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        ServerHttpResponse response = exchange.getResponse();
        HttpMethod method = exchange.getRequest().getMethod();
        if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
            response.setStatusCode(HttpStatus.METHOD_NOT_ALLOWED);
            response.getHeaders().set(HttpHeaders.ALLOW, "GET, HEAD");
            return response.setComplete();
        }
        byte[] body = JsonText.utf8(json(exchange));
        response.getHeaders().set(HttpHeaders.CONTENT_TYPE, "application/json");
        response.getHeaders().set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        response.getHeaders().setContentLength(body.length);
        return method.equals(HttpMethod.HEAD)
                ? response.setComplete()
                : response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
    }

    private Map<String, Object> json(ServerWebExchange exchange) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("resource", Refusals.hubUrl(exchange, settings).toString());
        if (settings.authorizationServer() != null) {
            json.put("authorization_servers", List.of(settings.authorizationServer()));
        }
        json.put("authorization_details_types_supported", List.of(MercureGrants.DETAIL_TYPE));
        json.put("bearer_methods_supported", List.of("header"));
        json.put("mercure_cookie", Credentials.COOKIE_V1);
        json.put("mercure_matcher_types_supported", List.of("exact", "urlpattern"));
        json.put("mercure_subscriptions", settings.subscriptions());
        return json;
    }
}
