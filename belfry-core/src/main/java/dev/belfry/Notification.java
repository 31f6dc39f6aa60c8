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
 * @param alias the publisher's own id for it, 1 to 256 characters, no control characters; null when it has none. It need not be
 *     unique, and it is no cursor: {@link EventLog#positionOf} finds the event
 * @param attributes what else its publisher says about it: one JSON object in one line, at most 16 KiB; null for nothing
 */
public record Notification(
        List<Topic> topics,
        String event,
        Data data,
        boolean isPublic,
        @Nullable Duration ttl,
        @Nullable String alias,
        @Nullable Data attributes) {
    private static final int MAX_TOPICS = 16;
    private static final int MAX_EVENT_LENGTH = 128;
    private static final int MAX_ALIAS_LENGTH = 256;
    private static final int MAX_ATTRIBUTES_BYTES = 16 << 10;
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
        if (alias != null) {
            Text.checkName("invalid-alias", "an alias", alias, MAX_ALIAS_LENGTH);
        }
        if (attributes != null && attributes.utf8().length > MAX_ATTRIBUTES_BYTES) {
            throw new InvalidInput(
                    "attributes-too-large", "the attributes have at most " + MAX_ATTRIBUTES_BYTES + " bytes of JSON");
        }
    }

    /** A notification of which its publisher says nothing else. */
    public Notification(
            List<Topic> topics,
            String event,
            Data data,
            boolean isPublic,
            @Nullable Duration ttl,
            @Nullable String alias) {
        this(topics, event, data, isPublic, ttl, alias, null);
    }

    /** A notification without an id of its publisher's own. */
    public Notification(List<Topic> topics, String event, Data data, boolean isPublic, @Nullable Duration ttl) {
        this(topics, event, data, isPublic, ttl, null, null);
    }

    /** The same with a publisher's own id. */
    public Notification withAlias(@Nullable String alias) {
        return new Notification(topics, event, data, isPublic, ttl, alias, attributes);
    }

    /** The same with something else said about it. */
    public Notification withAttributes(@Nullable Data attributes) {
        return new Notification(topics, event, data, isPublic, ttl, alias, attributes);
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

    /** How much it takes, in bytes, roughly. */
    long sizeBytes() {
        long size = 128L + data.utf8().length + (alias == null ? 0 : alias.length());
        size += attributes == null ? 0 : attributes.utf8().length;
        for (Topic topic : topics) {
            size += 2L * topic.name().length();
        }
        return size;
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
