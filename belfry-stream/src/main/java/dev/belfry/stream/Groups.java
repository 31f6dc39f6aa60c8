package dev.belfry.stream;

import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.SelectorIndex;
import dev.belfry.Topic;
import dev.belfry.stream.MemoryBudget.Hold;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The groups of one shard, and the index by which an event finds them. Owned by the shard's event loop. */
final class Groups {
    private final SubscriberContext context;
    private final boolean sharesGroups;
    private final SelectorIndex<Group> index = new SelectorIndex<>();
    private final Map<Feed.Key, Group> groups = new HashMap<>();
    private final IdentityHashMap<Group, Hold> heavy = new IdentityHashMap<>();

    /** @param sharesGroups whether equal subscriptions share a group */
    Groups(SubscriberContext context, boolean sharesGroups) {
        this.context = context;
        this.sharesGroups = sharesGroups;
    }

    /**
     * Adds a member to the group of a filter and format.
     *
     * @param patterns what the filter holds of the budget: for all members of the group once, so it is given back when there is one
     */
    Group enter(EventFilter filter, StreamFormat format, Hold patterns) {
        Feed.Key key = new Feed.Key(filter, format, sharesGroups ? null : new Object());
        Group group = groups.get(key);
        if (group == null) {
            group = index(key);
            groups.put(key, group);
            hold(group, patterns);
        } else {
            patterns.close();
        }
        group.enter();
        return group;
    }

    /** Most filters are light: a field for this in each group would be memory of a million. */
    private void hold(Group group, Hold patterns) {
        if (patterns.bytes() > 0) {
            heavy.put(group, patterns);
        }
    }

    private Group index(Feed.Key key) {
        Group group = new Group(key, context);
        key.filter().indexSelectors().forEach(selector -> index.add(selector, group));
        return group;
    }

    /** Takes a member from a group; nothing is left of one without members. */
    void exit(Feed.Key key) {
        Group group = groups.get(key);
        if (group != null && group.exit()) {
            groups.remove(key);
            key.filter().indexSelectors().forEach(selector -> index.remove(selector, group));
            Hold patterns = heavy.remove(group);
            if (patterns != null) {
                patterns.close();
            }
        }
    }

    /**
     * Lets every group that an event concerns take it, and adds those for which it is the first to {@code touched}. A group with a costly
     * filter is given to {@code costly} instead, if it may be concerned; perhaps several times.
     *
     * @return how many steps it took
     */
    int match(Event event, List<Group> touched, Consumer<Group> costly) {
        int steps = 0;
        for (Topic topic : event.topics()) {
            steps += index.match(topic, group -> {
                if (group.key().filter().isCostly()) {
                    costly.accept(group);
                } else if (group.match(event)) {
                    touched.add(group);
                }
            });
        }
        return steps;
    }

    /** Forgets what is under way to any group. */
    void endDeliveries() {
        groups.values().forEach(Group::endDelivery);
    }

    boolean isEmpty() {
        return groups.isEmpty() && index.isEmpty();
    }
}
