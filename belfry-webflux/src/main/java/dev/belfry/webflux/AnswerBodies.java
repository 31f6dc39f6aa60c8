package dev.belfry.webflux;

import dev.belfry.stream.HeldBuffer;
import dev.belfry.stream.MemoryBudget;
import dev.belfry.stream.MemoryBudget.Use;
import dev.belfry.wire.Problem;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.SocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes the bodies of answers to readers, within the budget. */
final class AnswerBodies {
    private final MemoryBudget memory;

    AnswerBodies(MemoryBudget memory) {
        this.memory = memory;
    }

    /**
     * In direct memory, for the channel would copy it there; it holds its room until it has been written.
     *
     * @param bytes how large it will be, about
     * @param taken room that was taken for it; null when none was
     */
    ByteBuf make(
            long bytes, MemoryBudget.@Nullable Hold taken, @Nullable SocketAddress client, Consumer<ByteBuf> writer) {
        try {
            return write(bytes, taken == null ? memory.hold(useOf(bytes), client, bytes) : taken, writer);
        } catch (OutOfMemoryError e) {
            // it would be thrown past all operators, and the client would wait for ever
            throw noRoom();
        }
    }

    private static Use useOf(long bytes) {
        return bytes > MemoryBudget.LARGE_BYTES ? Use.LARGE_ANSWERS : Use.ANSWERS;
    }

    private static ByteBuf write(long bytes, MemoryBudget.@Nullable Hold room, Consumer<ByteBuf> writer) {
        if (room == null) {
            throw noRoom();
        }
        ByteBuf body = null;
        try {
            body = ByteBufAllocator.DEFAULT.directBuffer((int) bytes);
            writer.accept(body);
            room.force(body.capacity());
            return new HeldBuffer(body, room);
        } catch (RuntimeException | Error e) {
            if (body != null) {
                body.release();
            }
            room.close();
            throw e;
        }
    }

    /** A body that is there already holds its room from now on; it is released when there is none. */
    ByteBuf hold(ByteBuf body, @Nullable SocketAddress client) {
        MemoryBudget.Hold room = memory.hold(Use.ANSWERS, client, body.capacity());
        if (room == null) {
            body.release();
            throw noRoom();
        }
        return new HeldBuffer(body, room);
    }

    static Problem noRoom() {
        return new Problem(503, "too-many-answers", "too many answers wait to be read; try again");
    }
}
