package dev.belfry.webflux;

import dev.belfry.ReadRoom;
import dev.belfry.stream.MemoryBudget;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.publisher.Mono;

/**
 * What a reader's request holds until it is answered or its client has gone: its place, room for large events, and the body that nobody
 * has taken yet. A client may go while the body is made on another thread.
 */
final class HeldAnswer implements ReadRoom {
    private final Runnable place;
    private MemoryBudget.@Nullable Hold room;
    private boolean isReleased;
    private boolean isRoomShort;
    private @Nullable ByteBuf body;

    /**
     * @param place what is done, once or more often, when it is released
     * @param room which holds nothing yet
     */
    HeldAnswer(Runnable place, MemoryBudget.Hold room) {
        this.place = place;
        this.room = room;
    }

    /** In JSON they are larger. */
    @Override
    public synchronized boolean take(long bytes) {
        isRoomShort = room == null || !room.resize(room.bytes() + bytes + bytes / 16);
        return !isRoomShort;
    }

    /** Whether the read has ended in front of a large event. */
    synchronized boolean isRoomShort() {
        return isRoomShort;
    }

    /** The room of large events, for a body that holds it from now on; null when none was taken. */
    synchronized MemoryBudget.@Nullable Hold takeRoom() {
        MemoryBudget.Hold taken = room;
        room = null;
        return taken == null || taken.bytes() == 0 ? null : taken;
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

    static DataBuffer wrap(ByteBuf bytes) {
        return new NettyDataBufferFactory(bytes.alloc()).wrap(bytes);
    }

    synchronized void release() {
        isReleased = true;
        place.run();
        if (room != null) {
            room.close();
            room = null;
        }
        if (body != null) {
            body.release();
            body = null;
        }
    }
}
