package dev.belfry;

import dev.belfry.BelfryException.InvalidInput;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is committed or refused as one: a batch of notifications and, if the publisher gave one, the key under which the
 * same publication is known when it comes again.
 *
 * @param notifications at least one
 * @param key null when every publication is a new one
 */
public record Publication(
        List<Notification> notifications, @Nullable IdempotencyKey key) {
    /**
     * Checks the whole.
     *
     * @throws InvalidInput when it is empty, or uses a name that is the server's own
     */
    public Publication {
        notifications = List.copyOf(notifications);
        if (notifications.isEmpty()) {
            throw new InvalidInput("empty-batch", "a batch has at least one notification");
        }
        notifications.forEach(Notification::checkPublishable);
    }

    public static Publication of(Notification... notifications) {
        return new Publication(List.of(notifications), null);
    }

    /** The same publication of a subject, under a key of its own; the very same without one. */
    public Publication by(@Nullable String subject) {
        return key == null || subject == null ? this : new Publication(notifications, key.ownedBy(subject));
    }

    /** How much it takes in a queue, in bytes, roughly. */
    long sizeBytes() {
        long size = 0;
        for (Notification notification : notifications) {
            size += notification.sizeBytes();
        }
        return size;
    }
}
