package dev.belfry.stream;

import dev.belfry.Position;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A slice of events on its way to the groups that it concerns, as far as it has got. Owned by the shard's event loop. */
final class Dispatch {
    private final ArrayDeque<Group> owing = new ArrayDeque<>();
    private @Nullable FrameCache frames;

    /**
     * Encodes what the groups have matched; the one before must have ended.
     *
     * @param from where the groups' live subscribers are
     * @return who cannot be given it, see {@link Group#beginDelivery}
     */
    List<Subscriber> begin(List<Group> touched, Position from) {
        FrameCache encoded = new FrameCache();
        frames = encoded;
        List<Subscriber> failed = new ArrayList<>();
        for (Group group : touched) {
            owing.add(group);
            failed.addAll(group.beginDelivery(encoded, from));
        }
        return failed;
    }

    boolean isOwing() {
        return !owing.isEmpty();
    }

    /** Writes to some, at most, and returns to how many. */
    int deliver(int max) {
        int done = 0;
        for (Group group = owing.peekFirst(); group != null && done < max; group = owing.peekFirst()) {
            done += group.deliver(max - done);
            if (!group.isOwing()) {
                owing.removeFirst().endDelivery();
            }
        }
        if (owing.isEmpty()) {
            end();
        }
        return done;
    }

    /** Forgets what is left of it. */
    void end() {
        owing.forEach(Group::endDelivery);
        owing.clear();
        if (frames != null) {
            frames.close();
            frames = null;
        }
    }
}
