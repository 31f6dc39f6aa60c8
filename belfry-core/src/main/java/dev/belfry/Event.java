package dev.belfry;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A notification that the log has committed.
 *
 * @param position its place in the log; as a string, its id on every transport
 * @param time when the log took it, in milliseconds; never before the time of the event in front of it
 * @param notification what was posted
 */
public record Event(Position position, Instant time, Notification notification) {
    public List<Topic> topics() {
        return notification.topics();
    }

    /** Its first topic. */
    public Topic topic() {
        return notification.topics().get(0);
    }

    /** Its kind: what {@link Notification#event()} says. */
    public String event() {
        return notification.event();
    }

    /** The publisher's own id for it; null when it has none. */
    public @Nullable String alias() {
        return notification.alias();
    }

    public Data data() {
        return notification.data();
    }

    /** When it may be delivered no more; null when it has no time to live of its own. */
    public @Nullable Instant expires() {
        return notification.ttl() == null ? null : time.plus(notification.ttl());
    }

    /** Whether its own time to live is over. */
    public boolean isExpired(Instant now) {
        Instant expires = expires();
        return expires != null && !now.isBefore(expires);
    }
}
