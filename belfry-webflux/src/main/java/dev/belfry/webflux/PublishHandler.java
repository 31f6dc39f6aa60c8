package dev.belfry.webflux;

import dev.belfry.Hub;
import dev.belfry.Permissions;
import dev.belfry.Publication;
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
    private final ClientLimits limits;
    private final BodyDoor bodies;

    PublishHandler(Hub hub, WireSettings settings, ClientLimits limits, BodyDoor bodies) {
        this.hub = hub;
        this.settings = settings;
        this.limits = limits;
        this.bodies = bodies;
    }

    Mono<Void> handle(ServerWebExchange exchange, Permissions permissions) {
        PublishRequest request = new PublishRequest(ExchangeHead.of(exchange), settings);
        request.body().checkLength();
        ClientLimits.Client sender = limits.client(exchange, permissions);
        if (request.body().announcedBytes() > BodyDoor.LONG_BYTES) {
            checkBeforeBody(exchange.getResponse(), sender);
        }
        return bodies.take(
                        exchange,
                        request.body(),
                        request::toPublication,
                        (publication, loop) -> publish(publication, permissions, sender, loop))
                .flatMap(receipt -> answer(exchange.getResponse(), receipt));
    }

    /** Nobody waits for a large body that is not to be published; the connection ends behind the answer. */
    private static void checkBeforeBody(ServerHttpResponse response, ClientLimits.Client sender) {
        try {
            sender.checkPublish();
        } catch (Problem e) {
            response.getHeaders().setConnection("close");
            throw e;
        }
    }

    /** Answered by the loop, not on the log's thread, which has the next batch to write. */
    private Mono<Receipt> publish(
            Publication publication, Permissions permissions, ClientLimits.Client sender, EventLoop loop) {
        Publication granted = PublishGrant.check(permissions, publication);
        sender.publish(granted.notifications().size());
        return hub.publish(granted, loop);
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
