package dev.belfry;

import dev.belfry.BelfryException.InvalidInput;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What somebody may do, and until when. Every door asks for them first, and makes its filters of them.
 *
 * @param subject whose they are: 1 to 256 characters, no control characters; null when nobody has said so
 * @param publish where they may publish; nowhere when it is empty
 * @param subscribe what they may read of what is private; public events need no permission
 * @param expires when they end; null for never
 */
public record Permissions(
        @Nullable String subject,
        Set<TopicSelector> publish,
        Set<TopicSelector> subscribe,
        @Nullable Instant expires) {
    private static final int MAX_SUBJECT_LENGTH = 256;

    /** Everybody's on an open server: everything but the reserved topics, for ever. */
    public static final Permissions OPEN = new Permissions(null, EventFilter.ALL_TOPICS, EventFilter.ALL_TOPICS, null);

    /**
     * Checks the subject.
     *
     * @throws InvalidInput when it breaks its rule ({@code invalid-subject})
     */
    public Permissions {
        if (subject != null) {
            Text.checkName("invalid-subject", "a subject", subject, MAX_SUBJECT_LENGTH);
        }
        publish = EventFilter.reduced(publish);
        subscribe = EventFilter.reduced(subscribe);
    }

    /** What a reader gets that asks for these topics: of them, what is public or granted here. */
    public EventFilter filter(Set<? extends TopicSelector> asked) {
        return new EventFilter(EventFilter.reduced(asked), subscribe);
    }

    /** Whether every topic of a notification is granted. */
    public boolean mayPublish(Notification notification) {
        for (Topic topic : notification.topics()) {
            if (publish.stream().noneMatch(topic::isSelectedBy)) {
                return false;
            }
        }
        return true;
    }

    /** Whether they allow everything that can be allowed, for ever, so that there is nothing to check. */
    public boolean isOpen() {
        return expires == null && publish.contains(TopicPattern.ALL) && subscribe.contains(TopicPattern.ALL);
    }

    /** Whether their time is over. */
    public boolean isExpired(Instant now) {
        return expires != null && !now.isBefore(expires);
    }
}
