package dev.belfry.stream;

import dev.belfry.Event;
import dev.belfry.ReadRoom;
import dev.belfry.stream.MemoryBudget.Hold;
import dev.belfry.stream.MemoryBudget.Use;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Room in the budget for one chunk: for large events it is taken before they are read. One reader thread. */
final class ReplayRoom implements ReadRoom {
    private final MemoryBudget budget;
    private final @Nullable SocketAddress client;
    private final Hold large;
    private long lackingBytes;

    ReplayRoom(MemoryBudget budget, @Nullable SocketAddress client) {
        this.budget = budget;
        this.client = client;
        large = budget.open(Use.LARGE_CHUNKS, client);
    }

    @Override
    public boolean take(long bytes) {
        long wanted = large.bytes() + bytes;
        if (large.resize(wanted)) {
            return true;
        }
        lackingBytes = wanted;
        return false;
    }

    /** The room of what was read; null when there is none. */
    @Nullable
    Hold of(List<Event> events) {
        if (large.bytes() > 0) {
            large.force(Framing.sizeEstimate(events));
            return large;
        }
        Hold hold = ChunkRoom.take(budget, client, events);
        if (hold == null) {
            lackingBytes = Framing.sizeEstimate(events);
        }
        return hold;
    }

    /** What there was no room for; 0 when there was for all. */
    long lackingBytes() {
        return lackingBytes;
    }

    /** Gives back what was taken for a read that has failed. */
    void close() {
        large.close();
    }
}
