package dev.belfry.webflux;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.publisher.Mono;

/**
 * What a reader's request holds until it is answered or its client has gone: its place, and the body that nobody has taken yet. A
 * client may go while the body is made on another thread.
 */
final class HeldAnswer {
    private final Runnable place;
    private boolean isReleased;
    private @Nullable ByteBuf body;

    /** @param place what is done, once or more often, when it is released */
    HeldAnswer(Runnable place) {
        this.place = place;
    }

    synchronized void keep(ByteBuf made) {
        if (isReleased) {
            made.release();
        } else {
            body = made;
        }
    }

    /** How many the body has; 0 when there is none to be taken. */
    synchronized int bytes() {
        return body == null ? 0 : body.readableBytes();
    }

    /** The body, for somebody who releases it; empty when the client has gone. */
    Mono<DataBuffer> body() {
        return Mono.defer(() -> Mono.justOrEmpty(take()).map(HeldAnswer::wrap));
    }

    private synchronized @Nullable ByteBuf take() {
        ByteBuf taken = body;
        body = null;
        return taken;
    }

    private static DataBuffer wrap(ByteBuf bytes) {
        return new NettyDataBufferFactory(bytes.alloc()).wrap(bytes);
    }

    synchronized void release() {
        isReleased = true;
        place.run();
        if (body != null) {
            body.release();
            body = null;
        }
    }
}
