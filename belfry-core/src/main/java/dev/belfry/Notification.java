package dev.belfry;

import dev.belfry.BelfryException.InvalidInput;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a publisher posts.
 *
 * @param topics 1 to 16 topics, the first of which is its own; it is delivered once, whichever of them matches
 * @param event the name of its kind: 1 to 128 characters, no control characters
 * @param data what it says
 * @param isPublic whether it goes to everybody whose patterns match, without a grant
 * @param ttl how long it may be delivered, 1 ms to 36,500 days in whole milliseconds; null for as long as the log keeps it
 */
public record Notification(
        List<Topic> topics,
        String event,
        Data data,
        boolean isPublic,
        @Nullable Duration ttl) {
    private static final int MAX_TOPICS = 16;
    private static final int MAX_EVENT_LENGTH = 128;
    private static final Duration MIN_TTL = Duration.ofMillis(1);
    private static final Duration MAX_TTL = Duration.ofDays(36_500);

    /** The event name of a notification that gives none. */
    public static final String DEFAULT_EVENT = "notification";

    /** Event names that begin so are the server's own. */
    public static final String RESERVED_EVENT_PREFIX = "belfry.";

    /**
     * Checks every part.
     *
     * @throws InvalidInput when one breaks its rule
     */
    public Notification {
        topics = List.copyOf(topics);
        if (topics.isEmpty() || topics.size() > MAX_TOPICS) {
            throw new InvalidInput("invalid-topic", "a notification has 1 to " + MAX_TOPICS + " topics");
        }
        Text.checkName("invalid-event", "an event name", event, MAX_EVENT_LENGTH);
        ttl = ttl == null ? null : wholeMillis(ttl);
    }

    /** As the log keeps it; and no longer than what can be added to any time. */
    private static Duration wholeMillis(Duration ttl) {
        if (ttl.compareTo(MIN_TTL) < 0 || ttl.compareTo(MAX_TTL) > 0) {
            throw new InvalidInput("invalid-ttl", "a ttl is 1 ms to " + MAX_TTL.toDays() + " days");
        }
        return Duration.ofMillis(ttl.toMillis());
    }

    /** A private notification of the default kind. */
    public static Notification of(String topic, String text) {
        return new Notification(List.of(new Topic(topic)), DEFAULT_EVENT, Data.text(text), false, null);
    }

    /**
     * Checks what only the server may use.
     *
     * @throws InvalidInput when it uses a topic or an event name that is the server's own
     */
    public void checkPublishable() {
        if (event.startsWith(RESERVED_EVENT_PREFIX)) {
            throw new InvalidInput("reserved-event", "event names that begin with belfry. are the server's");
        }
        for (Topic topic : topics) {
            if (topic.isReserved()) {
                throw new InvalidInput("reserved-topic", "topics that begin with $ are the server's");
            }
        }
    }
}
