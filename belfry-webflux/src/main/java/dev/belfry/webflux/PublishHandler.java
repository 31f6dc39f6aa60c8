package dev.belfry.webflux;

import dev.belfry.Hub;
import dev.belfry.Permissions;
import dev.belfry.Publication;
import dev.belfry.Receipt;
import dev.belfry.wire.PublishAnswer;
import dev.belfry.wire.PublishRequest;
import dev.belfry.wire.WireSettings;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** {@code POST}: a bounded body, one publication, and the answer when the log has it. */
final class PublishHandler {
    /** A larger body is parsed where no event loop waits for it. */
    static final int LONG_BYTES = 64 << 10;

    private final Hub hub;
    private final WireSettings settings;
    private final BodyBudget bodies;
    private final LongWork longWork;

    PublishHandler(Hub hub, WireSettings settings, BodyBudget bodies) {
        this.hub = hub;
        longWork = new LongWork(hub);
        this.settings = settings;
        this.bodies = bodies;
    }

    Mono<Void> handle(ServerWebExchange exchange, Permissions permissions) {
        PublishRequest request = new PublishRequest(ExchangeHead.of(exchange), settings);
        request.body().checkLength();
        return receive(exchange, permissions, request).flatMap(receipt -> answer(exchange.getResponse(), receipt));
    }

    private Mono<Receipt> receive(ServerWebExchange exchange, Permissions permissions, PublishRequest request) {
        return Mono.defer(() -> {
            Channel channel = NettyExchange.channel(exchange.getResponse());
            EventLoop loop = channel.eventLoop();
            BodyBudget.Share share = bodies.open(channel.remoteAddress());
            return BodyReader.read(exchange.getRequest().getBody(), request.body(), share, loop)
                    .flatMap(body -> publication(channel, request, body, share))
                    .map(publication -> PublishGrant.check(permissions, publication))
                    // not on the log's thread, which has the next batch to write
                    .flatMap(publication -> hub.publish(publication, loop))
                    .doFinally(signal -> share.discard());
        });
    }

    private Mono<Publication> publication(
            Channel channel, PublishRequest request, byte[] body, BodyBudget.Share share) {
        return body.length > LONG_BYTES
                ? longWork.on(channel, () -> publication(request, body, share))
                : Mono.just(publication(request, body, share));
    }

    private static Publication publication(PublishRequest request, byte[] body, BodyBudget.Share share) {
        if (!share.beginParsing(body.length)) {
            throw BodyReader.noRoom();
        }
        try {
            return request.toPublication(body);
        } catch (OutOfMemoryError e) {
            // Reactor would throw it at the event loop, and the client would wait for an answer
            throw BodyReader.noRoom();
        } finally {
            share.endParsing(body.length);
        }
    }

    private static Mono<Void> answer(ServerHttpResponse response, Receipt receipt) {
        response.setStatusCode(HttpStatus.CREATED);
        HttpHeaders headers = response.getHeaders();
        headers.setContentType(MediaType.APPLICATION_JSON);
        headers.setCacheControl("no-store");
        if (receipt.repeated()) {
            headers.set("Idempotent-Replayed", "true");
        }
        ByteBuf json = PublishAnswer.json(receipt);
        headers.setContentLength(json.readableBytes());
        return response.writeWith(Mono.just(response.bufferFactory().wrap(json.nioBuffer())));
    }
}
