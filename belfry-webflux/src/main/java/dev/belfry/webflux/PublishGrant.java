package dev.belfry.webflux;

import dev.belfry.Notification;
import dev.belfry.Permissions;
import dev.belfry.Publication;
import dev.belfry.wire.Problem;

/** What a publisher must have been granted: every topic of every notification. Its idempotency keys are its own. */
final class PublishGrant {
    private PublishGrant() {}

    /**
     * Lets a publication pass, as the subject's.
     *
     * @throws Problem 403 when a topic is not granted; then nothing of it is published
     */
    static Publication check(Permissions permissions, Publication publication) {
        if (!permissions.isOpen()) {
            for (Notification notification : publication.notifications()) {
                if (!permissions.mayPublish(notification)) {
                    throw new Problem(403, "forbidden", "publishing to one of the topics is not permitted");
                }
            }
        }
        return publication.by(permissions.subject());
    }
}
