package dev.belfry.stream;

import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.SelectorIndex;
import dev.belfry.Topic;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The groups of one shard, and the index by which an event finds them. Owned by the shard's event loop. */
final class Groups {
    private final SubscriberContext context;
    private final boolean sharesGroups;
    private final SelectorIndex<Group> index = new SelectorIndex<>();
    private final Map<Feed.Key, Group> groups = new HashMap<>();

    /** @param sharesGroups whether equal subscriptions share a group */
    Groups(SubscriberContext context, boolean sharesGroups) {
        this.context = context;
        this.sharesGroups = sharesGroups;
    }

    /** Adds a member to the group of a filter and format. */
    Group enter(EventFilter filter, StreamFormat format) {
        Feed.Key key = new Feed.Key(filter, format, sharesGroups ? null : new Object());
        Group group = groups.computeIfAbsent(key, this::index);
        group.enter();
        return group;
    }

    private Group index(Feed.Key key) {
        Group group = new Group(key, context);
        key.filter().selectors().forEach(selector -> index.add(selector, group));
        return group;
    }

    /** Takes a member from a group; nothing is left of one without members. */
    void exit(Feed.Key key) {
        Group group = groups.get(key);
        if (group != null && group.exit()) {
            groups.remove(key);
            key.filter().selectors().forEach(selector -> index.remove(selector, group));
        }
    }

    /** Lets every group that an event concerns take it, and adds those for which it is the first to {@code touched}. */
    void match(Event event, List<Group> touched) {
        for (Topic topic : event.topics()) {
            index.match(topic, group -> {
                if (group.match(event)) {
                    touched.add(group);
                }
            });
        }
    }

    /** Forgets what is under way to any group. */
    void endDeliveries() {
        groups.values().forEach(Group::endDelivery);
    }

    boolean isEmpty() {
        return groups.isEmpty() && index.isEmpty();
    }
}
