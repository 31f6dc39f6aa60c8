package dev.belfry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An event's topics, split into their segments once for all the filters that look at them. For one thread at a time. */
public final class EventTopics {
    private final Event event;
    private final List<Topic> topics;
    private final String[] @Nullable [] segments;

    /** Splits nothing yet. */
    public EventTopics(Event event) {
        this.event = event;
        topics = event.topics();
        segments = new String[topics.size()][];
    }

    /** The event that has these topics. */
    public Event event() {
        return event;
    }

    int size() {
        return topics.size();
    }

    Topic topic(int index) {
        return topics.get(index);
    }

    String[] segments(int index) {
        String[] split = segments[index];
        if (split == null) {
            split = Topic.split(topic(index).name());
            segments[index] = split;
        }
        return split;
    }
}
