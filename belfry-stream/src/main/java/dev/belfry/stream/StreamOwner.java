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
    /** The last one of those that may do everything. */
    private static volatile @Nullable StreamOwner open;

    /** Without details. */
    public static StreamOwner of(Permissions permissions) {
        if (!permissions.isOpen()) {
            return new StreamOwner(permissions, null);
        }
        StreamOwner known = open;
        if (known == null || !known.permissions.equals(permissions)) {
            known = new StreamOwner(permissions, null);
            open = known;
        }
        return known;
    }
}
