package dev.belfry.mercure;

import dev.belfry.Permissions;
import dev.belfry.Topic;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who sends a request.
 *
 * @param hasToken whether somebody has vouched for what the sender may do
 */
record MercureCaller(
        Permissions permissions, Map<String, @Nullable Object> claims, boolean hasToken, MercureVersion version) {
    /** Whether private updates of a topic may be read. */
    boolean mayRead(Topic topic) {
        return permissions.subscribe().stream().anyMatch(grant -> grant.matches(topic));
    }
}
