package dev.belfry.webflux;

import dev.belfry.Hub;
import dev.belfry.Permissions;
import dev.belfry.Receipt;
import dev.belfry.wire.Problem;
import dev.belfry.wire.PublishAnswer;
import dev.belfry.wire.PublishRequest;
import dev.belfry.wire.WireSettings;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** {@code POST}: a bounded body, one publication, and the answer when the log has it. */
final class PublishHandler {
    private final Hub hub;
    private final WireSettings settings;
    private final BodyBudget bodies = BodyBudget.ofHeap();

    PublishHandler(Hub hub, WireSettings settings) {
        this.hub = hub;
        this.settings = settings;
    }

    Mono<Void> handle(ServerWebExchange exchange, Permissions permissions) {
        PublishRequest request = new PublishRequest(new ExchangeHead(exchange.getRequest()), settings);
        request.checkLength();
        EventLoop loop = NettyExchange.channel(exchange.getResponse()).eventLoop();
        long bytes = request.announcedBytes();
        if (!bodies.take(bytes)) {
            throw new Problem(503, "too-many-bodies", "too much is being published; try again");
        }
        return BodyReader.read(exchange.getRequest().getBody(), request, loop)
                // not on the log's thread, which has the next batch to write
                .flatMap(body -> hub.publish(PublishGrant.check(permissions, request.toPublication(body)), loop))
                .doFinally(signal -> bodies.giveBack(bytes))
                .flatMap(receipt -> answer(exchange.getResponse(), receipt));
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
