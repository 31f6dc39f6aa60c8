package dev.belfry.mercure;

import dev.belfry.Hub;
import dev.belfry.Permissions;
import dev.belfry.Topic;
import dev.belfry.wire.PercentEncoding;
import dev.belfry.wire.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** {@code GET} below the hub's path: who subscribes to what, for those whose grants cover the path itself. */
final class SubscriptionsHandler {
    /** An answer is no dump of a million. */
    private static final int MAX_SUBSCRIPTIONS = 10_000;

    private final Hub hub;
    private final MercureSettings settings;
    private final @Nullable MercurePresence presence;

    SubscriptionsHandler(Hub hub, MercureSettings settings, @Nullable MercurePresence presence) {
        this.hub = hub;
        this.settings = settings;
        this.presence = presence;
    }

    /** Whether the path is spelled as 1.0 has them: with a type in front of the match. */
    static boolean isOfV1(String path) {
        List<String> names = names(path);
        return names.size() == 3
                || (names.size() == 2 && List.of("exact", "urlpattern").contains(names.get(0)));
    }

    private static List<String> names(String path) {
        String rest = path.substring(MercureSubscription.PATH.length());
        List<String> names = new ArrayList<>();
        try {
            for (String name :
                    rest.isEmpty() ? new String[0] : rest.substring(1).split("/", -1)) {
                names.add(PercentEncoding.decode(name, false));
            }
        } catch (IllegalArgumentException e) {
            throw notFound();
        }
        return names;
    }

    private static Problem notFound() {
        return new Problem(404, "not-found", "there is no such subscription");
    }

    Mono<Void> handle(ServerWebExchange exchange, MercureCaller caller, String path) {
        if (presence == null) {
            throw new Problem(404, "not-found", "subscriptions are not shown here");
        }
        checkGrant(caller, caller.permissions(), path);
        List<String> names = names(path);
        String cursor = hub.log().head().toString();
        boolean isV1 = caller.version() == MercureVersion.V1;
        int depth = isV1 ? 3 : 2;
        if (names.size() > depth || (isV1 && names.size() == 1)) {
            throw notFound();
        }
        List<MercureSubscription> found = presence.all(caller.version())
                .filter(subscription -> isNamed(subscription, names, isV1))
                .limit(MAX_SUBSCRIPTIONS)
                .toList();
        if (names.size() == depth && found.isEmpty()) {
            throw notFound();
        }
        Map<String, Object> json = names.size() == depth ? found.get(0).toJson(true) : collection(path, found, isV1);
        if (!isV1) {
            json.put("lastEventID", cursor);
        }
        return answer(exchange, json, cursor, isV1);
    }

    private static void checkGrant(MercureCaller caller, Permissions permissions, String path) {
        Topic topic = Topics.of(path).orElseThrow(SubscriptionsHandler::notFound);
        if (!permissions.isOpen() && !caller.mayRead(topic)) {
            throw Refusals.notAllowed(caller, "asking for subscriptions");
        }
    }

    private static boolean isNamed(MercureSubscription subscription, List<String> names, boolean isV1) {
        List<String> own = isV1
                ? List.of(
                        subscription.match().type().word(), subscription.match().value(), subscription.subscriber())
                : List.of(subscription.match().value(), subscription.subscriber());
        return own.subList(0, names.size()).equals(names);
    }

    private static Map<String, Object> collection(String path, List<MercureSubscription> found, boolean isV1) {
        Map<String, Object> json = new LinkedHashMap<>();
        if (!isV1) {
            json.put("@context", "https://mercure.rocks/");
        }
        json.put("id", path);
        json.put("type", isV1 ? "subscriptions" : "Subscriptions");
        Stream<Map<String, Object>> members = found.stream().map(subscription -> subscription.toJson(true));
        json.put(
                "subscriptions",
                members.peek(member -> member.remove("@context")).toList());
        return json;
    }

    private Mono<Void> answer(ServerWebExchange exchange, Map<String, Object> json, String cursor, boolean isV1) {
        ServerHttpResponse response = exchange.getResponse();
        HttpHeaders headers = response.getHeaders();
        String etag = '"' + cursor + '"';
        headers.set(HttpHeaders.ETAG, etag);
        headers.setCacheControl("private, no-cache");
        if (isV1) {
            headers.set(
                    HttpHeaders.LINK,
                    "<" + Refusals.hubUrl(exchange, settings) + ">; rel=\"mercure\"; last-event-id=\"" + cursor
                            + "\"; type=\"mercure\"; content-type=\"application/json\"");
        }
        if (exchange.getRequest()
                .getHeaders()
                .getOrEmpty(HttpHeaders.IF_NONE_MATCH)
                .contains(etag)) {
            response.setStatusCode(HttpStatus.NOT_MODIFIED);
            return response.setComplete();
        }
        headers.set(HttpHeaders.CONTENT_TYPE, isV1 ? "application/json" : "application/ld+json");
        byte[] body = JsonText.utf8(json);
        headers.setContentLength(body.length);
        return exchange.getRequest().getMethod().equals(HttpMethod.HEAD)
                ? response.setComplete()
                : response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
    }
}
