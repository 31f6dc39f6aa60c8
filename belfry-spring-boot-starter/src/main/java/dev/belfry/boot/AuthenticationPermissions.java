package dev.belfry.boot;

import dev.belfry.Permissions;
import dev.belfry.security.DefaultGrants;
import dev.belfry.security.Grants;
import org.springframework.security.core.Authentication;

/**
 * Says what somebody may do whom Spring Security has let in. A bean of this type takes the place of {@link #ofNames}. Called for
 * each request, on its event loop: it does not block.
 */
@FunctionalInterface
public interface AuthenticationPermissions {
    /** What this user may do. */
    Permissions of(Authentication user);

    /** Grants what has the user's name in it; {@code {sub}} stands for the name. */
    static AuthenticationPermissions ofNames(DefaultGrants grants) {
        return user -> {
            Grants own = grants.of(user.getName());
            return new Permissions(user.getName(), own.publish(), own.subscribe(), null);
        };
    }
}
