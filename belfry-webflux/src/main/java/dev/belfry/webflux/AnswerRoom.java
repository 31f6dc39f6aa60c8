package dev.belfry.webflux;

import dev.belfry.stream.HeldBuffer;
import dev.belfry.stream.MemoryBudget;
import dev.belfry.wire.Problem;
import io.netty.buffer.ByteBuf;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;

/** Writes a body that counts in the budget until its client has taken it. */
final class AnswerRoom {
    private AnswerRoom() {}

    static Mono<Void> write(ServerHttpResponse response, ByteBuf body, MemoryBudget budget, MemoryBudget.Use use) {
        MemoryBudget.Hold room =
                budget.hold(use, NettyExchange.channel(response).remoteAddress(), body.capacity());
        if (room == null) {
            body.release();
            throw new Problem(503, "too-many-answers", "too many answers wait to be read; try again");
        }
        ByteBuf held = new HeldBuffer(body, room);
        return response.writeWith(Mono.fromSupplier(() -> new NettyDataBufferFactory(held.alloc()).wrap(held)));
    }
}
