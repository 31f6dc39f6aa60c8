package dev.belfry.webflux;

import dev.belfry.Hub;
import dev.belfry.Permissions;
import dev.belfry.ReadLimits;
import dev.belfry.Start;
import dev.belfry.Subscription;
import dev.belfry.wire.PollAnswer;
import dev.belfry.wire.ReadRequest;
import dev.belfry.wire.Representation;
import dev.belfry.wire.WireSettings;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * {@code GET} for JSON: what is new behind the cursor, and the next cursor; held for a while when there is nothing and the
 * client prefers to wait. Without a cursor it begins with the oldest event kept.
 */
final class PollHandler {
    private static final int MAX_BYTES = 4 << 20;

    private final Hub hub;
    private final WireSettings settings;

    PollHandler(Hub hub, WireSettings settings) {
        this.hub = hub;
        this.settings = settings;
    }

    Mono<Void> handle(ServerWebExchange exchange, Permissions permissions) {
        ReadRequest request = new ReadRequest(new ExchangeHead(exchange.getRequest()), settings);
        Subscription subscription =
                new Subscription(request.filter(permissions), request.start().orElse(Start.EARLIEST));
        Duration wait = request.preferredWait();
        if (!wait.isZero()) {
            exchange.getResponse().getHeaders().set("Preference-Applied", "wait=" + wait.toSeconds());
        }
        return hub.poll(subscription, new ReadLimits(request.limit(), MAX_BYTES), wait)
                .flatMap(chunk ->
                        answer(exchange, PollAnswer.of(chunk, hub.clock().instant())));
    }

    private static Mono<Void> answer(ServerWebExchange exchange, PollAnswer answer) {
        ServerHttpResponse response = exchange.getResponse();
        HttpHeaders headers = response.getHeaders();
        headers.set(HttpHeaders.ETAG, answer.etag());
        headers.setCacheControl("no-cache, no-transform");
        headers.add(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        if (answer.isMatchedBy(exchange.getRequest().getHeaders().getOrEmpty(HttpHeaders.IF_NONE_MATCH))) {
            response.setStatusCode(HttpStatus.NOT_MODIFIED);
            return response.setComplete();
        }
        headers.set(HttpHeaders.CONTENT_TYPE, Representation.JSON.mediaType());
        ByteBuf json = answer.json();
        headers.setContentLength(json.readableBytes());
        if (exchange.getRequest().getMethod().equals(HttpMethod.HEAD)) {
            return response.setComplete();
        }
        return response.writeWith(Mono.just(response.bufferFactory().wrap(json.nioBuffer())));
    }
}
