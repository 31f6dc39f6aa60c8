package dev.belfry;

import dev.belfry.BelfryException.InvalidInput;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a caller may do, and until when. Every door asks for them first and makes its filters from them.
 *
 * @param subject the caller's name: 1 to 256 characters, no control characters; null for an anonymous caller
 * @param publish the topics that the caller may publish to; none when it is empty
 * @param subscribe the topics whose private events the caller may read; public events need no permission
 * @param expires when the permissions end; null for never
 */
public record Permissions(
        @Nullable String subject,
        Set<TopicSelector> publish,
        Set<TopicSelector> subscribe,
        @Nullable Instant expires) {
    private static final int MAX_SUBJECT_LENGTH = 256;

    /** The topic whose grants allow to administer: to look for those that may read it, to change for those that may publish to it. */
    public static final Topic ADMINISTRATION = new Topic("$belfry/admin");

    /** The permissions of every caller of an open server: all topics, the server's own included, for ever. */
    public static final Permissions OPEN = new Permissions(null, SelectorSet.EVERYTHING, SelectorSet.EVERYTHING, null);

    /** The permissions of a caller without any name where that is allowed: public events, and nothing to publish. */
    public static final Permissions ANONYMOUS = new Permissions(null, Set.of(), Set.of(), null);

    /**
     * Checks the subject.
     *
     * @throws InvalidInput when it breaks its rule ({@code invalid-subject})
     */
    public Permissions {
        if (subject != null) {
            Text.checkName("invalid-subject", "a subject", subject, MAX_SUBJECT_LENGTH);
        }
        publish = SelectorSet.of(publish);
        subscribe = SelectorSet.of(subscribe);
    }

    /** The filter for a subscription to these topics: it accepts those of their events that are public or granted. */
    public EventFilter filter(Set<? extends TopicSelector> asked) {
        return new EventFilter(SelectorSet.of(asked), subscribe);
    }

    /** The same caller's, and of the same time, as far as these topics go: whatever was granted beyond them is not. */
    public Permissions narrow(Set<? extends TopicSelector> topics) {
        return new Permissions(subject, Intersection.of(topics, publish), Intersection.of(topics, subscribe), expires);
    }

    /** Whether a grant covers each topic of a notification. */
    public boolean mayPublish(Notification notification) {
        for (Topic topic : notification.topics()) {
            if (!SelectorSet.matchesAny(publish, topic)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the caller may look at what the server does: who listens, to what, and how far. */
    public boolean mayInspect() {
        return SelectorSet.matchesAny(subscribe, ADMINISTRATION);
    }

    /** Whether the caller may change that: end streams, and delete events. */
    public boolean mayAdminister() {
        return SelectorSet.matchesAny(publish, ADMINISTRATION);
    }

    /** Whether every topic but the reserved ones is granted for ever, so that there is nothing to check. */
    public boolean isOpen() {
        return expires == null && publish.contains(TopicPattern.ALL) && subscribe.contains(TopicPattern.ALL);
    }

    /** Whether their time is over. */
    public boolean isExpired(Instant now) {
        return expires != null && !now.isBefore(expires);
    }
}
