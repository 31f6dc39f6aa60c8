package dev.belfry.stream;

import dev.belfry.Event;
import dev.belfry.EventTopics;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Groups whose filters are costly to match, as far as they lag behind the shard. Each in its turn looks at some of the shard's tail
 * behind where it is, and its subscribers are given what it accepts; then it is the next one's turn. So no filter holds up the
 * groups that an index finds, nor another costly one. A group that the tail has left behind reads the log. Owned by the shard's
 * event loop.
 */
final class CostlyGroups {
    /** As long as a delivery, about four microseconds. */
    static final int STEPS_OF_A_DELIVERY = 4_000;

    /** What a group takes, in deliveries, before it is another's turn. */
    private static final int SHARE = 16;

    /** So many events are kept split and encoded for the next group. */
    private static final int MAX_SHARED = 64;

    private final Tail tail;
    private final CatchUp catchUp;
    private final Clock clock;
    private final MemoryBudget budget;
    private final ArrayDeque<Group> lagging = new ArrayDeque<>();
    private final IdentityHashMap<Event, EventTopics> topics = new IdentityHashMap<>();
    private @Nullable FrameCache frames;

    CostlyGroups(Tail tail, CatchUp catchUp, Clock clock, MemoryBudget budget) {
        this.tail = tail;
        this.catchUp = catchUp;
        this.clock = clock;
        this.budget = budget;
    }

    /** Takes a group that what is being dispatched may concern. */
    void add(Group group) {
        if (group.beginToLag(tail.dispatched())) {
            lagging.add(group);
        }
    }

    boolean isEmpty() {
        return lagging.isEmpty();
    }

    /** Serves some groups, and returns what it took, in deliveries: about {@code max}, and what one group takes that passes that. */
    int proceed(int max) {
        int done = 0;
        while (done < max && !lagging.isEmpty()) {
            // it stays in the queue until it is through: after a failure, all that is there is forgotten
            done += serve(lagging.element(), Math.min(SHARE, max - done));
        }
        if (lagging.isEmpty() || topics.size() > MAX_SHARED) {
            forgetShared();
        }
        return done;
    }

    private int serve(Group group, int max) {
        int done = 0;
        if (!group.isDelivering()) {
            group.endRun(); // those that waited for it may have left since
            done = look(group, max);
        }
        if (group.isDelivering()) {
            done += group.deliver(max);
        }
        if (!group.isDelivering()) {
            group.endRun();
        }
        lagging.removeFirstOccurrence(group);
        if (isThrough(group)) {
            group.endDelivery();
        } else {
            lagging.add(group);
        }
        return Math.max(1, done);
    }

    private boolean isThrough(Group group) {
        return group.liveCount() == 0
                || (!group.isDelivering() && group.dispatched().equals(tail.dispatched()));
    }

    /** Matches some events, one at least, and begins to deliver them. */
    private int look(Group group, int max) {
        List<Event> behind = tail.after(group.dispatched());
        if (behind == null) {
            List<Subscriber> all = group.fallBehind();
            all.forEach(catchUp::add);
            return all.size();
        }
        List<Event> accepted = new ArrayList<>();
        Instant now = clock.instant();
        int steps = 0;
        int looked = 0;
        while (looked < behind.size() && steps < max * STEPS_OF_A_DELIVERY) {
            Event event = behind.get(looked++);
            steps += group.key().filter().maxSteps(event);
            if (!event.isExpired(now) && group.key().filter().accepts(split(event))) {
                accepted.add(event);
            }
        }
        if (looked > 0) {
            group.advance(accepted, frames(), behind.get(looked - 1).position()).forEach(catchUp::add);
        }
        return steps / STEPS_OF_A_DELIVERY;
    }

    private EventTopics split(Event event) {
        return topics.computeIfAbsent(event, EventTopics::new);
    }

    private FrameCache frames() {
        if (frames == null) {
            frames = new FrameCache(budget);
        }
        return frames;
    }

    private void forgetShared() {
        topics.clear();
        if (frames != null) {
            frames.close();
            frames = null;
        }
    }

    /** Forgets what is under way. */
    void clear() {
        lagging.forEach(Group::endDelivery);
        lagging.clear();
        forgetShared();
    }
}
