package dev.belfry.webflux;

import dev.belfry.Chunk;
import dev.belfry.Event;
import dev.belfry.Hub;
import dev.belfry.ReadLimits;
import dev.belfry.Start;
import dev.belfry.Subscription;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * {@code GET} for JSON: what is new behind the cursor, and the next cursor; held for a while when there is nothing and the
 * client prefers to wait. Without a cursor it begins with the oldest event kept.
 */
final class Polling {
    private static final int MAX_BYTES = 4 << 20;

    private final Hub hub;
    private final WireSettings settings;

    Polling(Hub hub, WireSettings settings) {
        this.hub = hub;
        this.settings = settings;
    }

    Mono<Void> handle(ServerWebExchange exchange) {
        ReadRequest request = new ReadRequest(exchange.getRequest(), settings);
        Subscription subscription =
                new Subscription(request.filter(), request.start().orElse(Start.EARLIEST));
        Duration wait = request.preferredWait();
        if (!wait.isZero()) {
            exchange.getResponse().getHeaders().set("Preference-Applied", "wait=" + wait.toSeconds());
        }
        return hub.poll(subscription, new ReadLimits(request.limit(), MAX_BYTES), wait)
                .flatMap(chunk -> answer(exchange, chunk));
    }

    private Mono<Void> answer(ServerWebExchange exchange, Chunk chunk) {
        List<Event> events = new ArrayList<>(chunk.events());
        if (chunk.gap() != null) {
            events.add(0, chunk.gap().toEvent(hub.clock().instant()));
        }
        String etag = etag(events);
        ServerHttpResponse response = exchange.getResponse();
        HttpHeaders headers = response.getHeaders();
        headers.setETag(etag);
        headers.setCacheControl("no-cache, no-transform");
        headers.add(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        if (exchange.getRequest().getHeaders().getIfNoneMatch().stream().anyMatch(tag -> matches(tag, etag))) {
            response.setStatusCode(HttpStatus.NOT_MODIFIED);
            return response.setComplete();
        }
        headers.setContentType(MediaType.APPLICATION_JSON);
        ByteBuf json = json(events, chunk);
        headers.setContentLength(json.readableBytes());
        if (exchange.getRequest().getMethod().equals(HttpMethod.HEAD)) {
            return response.setComplete();
        }
        return response.writeWith(Mono.just(response.bufferFactory().wrap(json.nioBuffer())));
    }

    /** Compares weakly (RFC 9110, 13.1.2): what stands between may have changed the kind of a validator. */
    private static boolean matches(String ifNoneMatch, String etag) {
        return ifNoneMatch.equals("*") || etag.equals(ifNoneMatch) || etag.equals("W/" + ifNoneMatch);
    }

    /** Weak: the same events are the same answer, though the log has gone on and the next cursor with it. */
    private static String etag(List<Event> events) {
        if (events.isEmpty()) {
            return "W/\"none\"";
        }
        Event first = events.get(0);
        Event last = events.get(events.size() - 1);
        return "W/\"" + first.position() + "." + last.position() + "." + events.size() + "\"";
    }

    private static ByteBuf json(List<Event> events, Chunk chunk) {
        ByteBuf out = Unpooled.buffer(256);
        JsonFormat.ascii("{\"events\":[", out);
        for (int i = 0; i < events.size(); i++) {
            if (i > 0) {
                out.writeByte(',');
            }
            JsonFormat.writeEvent(events.get(i), out);
        }
        JsonFormat.ascii("],\"next\":\"" + chunk.next() + "\"}\n", out);
        return out;
    }
}
