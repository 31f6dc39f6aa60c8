package dev.belfry.stream;

import dev.belfry.Position;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A slice of events on its way to the groups that it concerns, as far as it has got. Owned by the shard's event loop. */
final class Dispatch {
    /** What the kernel copies in about the time that a delivery takes. */
    private static final int BYTES_OF_A_DELIVERY = 32 << 10;

    private final ArrayDeque<Group> delivering = new ArrayDeque<>();
    private final MemoryBudget budget;
    private @Nullable FrameCache frames;

    Dispatch(MemoryBudget budget) {
        this.budget = budget;
    }

    /**
     * Encodes what the groups have matched; the dispatch before must have ended.
     *
     * @param from where the groups' live subscribers are
     * @return the subscribers that cannot be given it, see {@link Group#beginDelivery}
     */
    List<Subscriber> begin(List<Group> touched, Position from) {
        FrameCache encoded = new FrameCache(budget);
        frames = encoded;
        delivering.addAll(touched);
        List<Subscriber> failed = new ArrayList<>();
        for (Group group : touched) {
            failed.addAll(group.beginDelivery(encoded, from));
        }
        return failed;
    }

    static int cost(List<ByteBuf> run) {
        long bytes = 0;
        for (ByteBuf buffer : run) {
            bytes += buffer.readableBytes();
        }
        return cost(bytes);
    }

    boolean isUnderWay() {
        return !delivering.isEmpty();
    }

    /** How many deliveries one of so many bytes counts as: 4 MB take longer than a turn has. */
    static int cost(long bytes) {
        return 1 + (int) (bytes / BYTES_OF_A_DELIVERY);
    }

    /** Writes to some subscribers, and returns what it took, in deliveries: about {@code max}, and what the last one takes that passes that. */
    int deliver(int max) {
        int done = 0;
        for (Group group = delivering.peekFirst(); group != null && done < max; group = delivering.peekFirst()) {
            done += group.deliver(max - done);
            if (!group.isDelivering()) {
                delivering.removeFirst().endDelivery();
            }
        }
        if (delivering.isEmpty()) {
            end();
        }
        return done;
    }

    /** Forgets what is left of it. */
    void end() {
        delivering.forEach(Group::endDelivery);
        delivering.clear();
        if (frames != null) {
            frames.close();
            frames = null;
        }
    }
}
