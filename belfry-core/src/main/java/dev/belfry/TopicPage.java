package dev.belfry;

import java.time.Instant;
import java.util.List;

/**
 * A stretch of the log, from its newest event back, as the topics of which it has the newest event.
 *
 * @param topics the topic whose newest event is the newest first; may be empty though more follows
 * @param next the place to go on from: in front of it no event has been looked at
 * @param isLast whether nothing is kept in front of that place
 */
public record TopicPage(List<Entry> topics, Position next, boolean isLast) {
    /**
     * A topic with kept events.
     *
     * @param newest the place of its newest event
     * @param time of that event
     */
    public record Entry(Topic topic, Position newest, Instant time) {}

    public TopicPage {
        topics = List.copyOf(topics);
    }
}
