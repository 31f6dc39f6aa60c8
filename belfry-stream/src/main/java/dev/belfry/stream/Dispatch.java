package dev.belfry.stream;

import dev.belfry.Position;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A slice of events on its way to the groups that it concerns, as far as it has got. Owned by the shard's event loop. */
final class Dispatch {
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

    boolean isUnderWay() {
        return !delivering.isEmpty();
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
