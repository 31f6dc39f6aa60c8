package dev.belfry.boot;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalyzedException;

/** Who can reach the server, as far as the address says that it is bound to: null stands for every address there is. */
final class BindAddressPolicy {
    private BindAddressPolicy() {}

    static boolean isLoopbackOnly(BelfryProperties.Security security, @Nullable InetAddress address) {
        Boolean set = security.loopbackOnly();
        return set != null ? set : !security.open() && !security.hasKeys() && isLoopback(address);
    }

    /** Whether the port of management is: an open server's, too, for it is open to others and not the port. */
    static boolean isManagementLoopbackOnly(BelfryProperties.Security security, @Nullable InetAddress address) {
        return !Boolean.FALSE.equals(security.loopbackOnly()) && isLoopback(address);
    }

    /**
     * Refuses to let anybody in by accident.
     *
     * @param isGuarded whether something asks who sends a request
     */
    static void check(BelfryProperties.Security security, @Nullable InetAddress address, boolean isGuarded) {
        if (security.open() && security.hasKeys()) {
            throw new FailureAnalyzedException(
                    "Keys are set, and belfry.security.open=true would let everybody in without them.",
                    "Take out one of both.");
        }
        if (!security.open() && !isGuarded && !isLoopback(address)) {
            throw new FailureAnalyzedException(
                    "Bound to " + (address == null ? "all addresses" : address.getHostAddress())
                            + ", this server would let anybody publish and read: it has no keys.",
                    "Give it keys (--key-file FILE, which is belfry.security.key-file), let everybody in if that is what you want"
                            + " (--open, which is belfry.security.open=true), or set server.address=127.0.0.1.");
        }
    }

    private static boolean isLoopback(@Nullable InetAddress address) {
        return address != null && address.isLoopbackAddress();
    }
}
