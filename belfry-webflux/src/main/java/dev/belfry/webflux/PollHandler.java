package dev.belfry.webflux;

import dev.belfry.Chunk;
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
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

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
        Channel channel = NettyExchange.channel(exchange.getResponse());
        ReadLimits limits = new ReadLimits(request.limit(), MAX_BYTES);
        return hub.poll(NettyExchange.client(channel), subscription, limits, wait)
                .map(this::encode)
                // an answer without a body that a reader thread ends can leave a kept connection unread
                .publishOn(Schedulers.fromExecutor(channel.eventLoop()))
                .flatMap(encoded -> answer(exchange, encoded));
    }

    /** An answer and its body, which is encoded on a reader thread. */
    private record Encoded(PollAnswer answer, ByteBuf json) {}

    /** An error of the virtual machine would be thrown past all operators, and the client would wait for ever. */
    private Encoded encode(Chunk chunk) {
        try {
            PollAnswer answer = PollAnswer.of(chunk, hub.clock().instant());
            return new Encoded(answer, answer.json());
        } catch (OutOfMemoryError e) {
            throw BodyReader.noRoom();
        }
    }

    private static Mono<Void> answer(ServerWebExchange exchange, Encoded encoded) {
        ServerHttpResponse response = exchange.getResponse();
        HttpHeaders headers = response.getHeaders();
        headers.set(HttpHeaders.ETAG, encoded.answer.etag());
        headers.setCacheControl("no-cache, no-transform");
        headers.add(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        List<String> known = exchange.getRequest().getHeaders().getOrEmpty(HttpHeaders.IF_NONE_MATCH);
        if (encoded.answer.isMatchedBy(known)) {
            response.setStatusCode(HttpStatus.NOT_MODIFIED);
            return response.setComplete();
        }
        headers.set(HttpHeaders.CONTENT_TYPE, Representation.JSON.mediaType());
        headers.setContentLength(encoded.json.readableBytes());
        if (exchange.getRequest().getMethod().equals(HttpMethod.HEAD)) {
            return response.setComplete();
        }
        return response.writeWith(Mono.just(response.bufferFactory().wrap(encoded.json.nioBuffer())));
    }
}
