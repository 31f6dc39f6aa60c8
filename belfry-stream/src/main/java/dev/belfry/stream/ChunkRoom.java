package dev.belfry.stream;

import dev.belfry.Event;
import dev.belfry.stream.MemoryBudget.Hold;
import dev.belfry.stream.MemoryBudget.Use;
import io.netty.buffer.ByteBuf;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Room in the budget for events as they stand on the wire. */
final class ChunkRoom {
    private ChunkRoom() {}

    /** What the budget calls events of this size. */
    static Use useOf(long bytes) {
        return bytes > MemoryBudget.LARGE_BYTES ? Use.LARGE_CHUNKS : Use.CHUNKS;
    }

    /** Takes room for a chunk, as large as it is estimated to be; null when there is none. */
    static @Nullable Hold take(MemoryBudget budget, @Nullable SocketAddress client, List<Event> events) {
        long bytes = Framing.sizeEstimate(events);
        return budget.hold(useOf(bytes), client, bytes);
    }

    /** Encodes events into a buffer that holds its room as long as somebody holds it. */
    static ByteBuf encode(StreamFormat format, List<Event> events, Hold hold) {
        try {
            ByteBuf bytes = format.encode(events);
            hold.force(bytes.capacity());
            return new HeldBuffer(bytes, hold);
        } catch (RuntimeException | Error e) {
            hold.close();
            throw e;
        }
    }
}
