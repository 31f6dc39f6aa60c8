package dev.belfry.stream;

import dev.belfry.Permissions;
import org.jspecify.annotations.Nullable;

/**
 * Whose stream it is, and what it may read until when. Many streams may share one: of an open server all do.
 *
 * @param permissions its subject, its grants and its end
 * @param details what a protocol wants to know of it later; null for nothing
 */
public record StreamOwner(Permissions permissions, @Nullable Object details) {
    /** Everybody, on an open server. */
    public static final StreamOwner OPEN = new StreamOwner(Permissions.OPEN, null);

    /** Without details. */
    public static StreamOwner of(Permissions permissions) {
        return permissions.equals(Permissions.OPEN) ? OPEN : new StreamOwner(permissions, null);
    }
}
