package dev.belfry.boot;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalyzedException;

/** Who can reach the server, as far as the address says that it is bound to: null stands for every address there is. */
final class BindAddressPolicy {
    private BindAddressPolicy() {}

    static boolean isLoopbackOnly(BelfryProperties.Security security, @Nullable InetAddress address) {
        Boolean set = security.loopbackOnly();
        return set != null ? set : !security.open() && isLoopback(address);
    }

    /** Whether the port of management is: an open server's, too, for it is open to others and not the port. */
    static boolean isManagementLoopbackOnly(BelfryProperties.Security security, @Nullable InetAddress address) {
        return !Boolean.FALSE.equals(security.loopbackOnly()) && isLoopback(address);
    }

    /** Refuses to let anybody in by accident: there are no keys that would keep them out. */
    static void check(BelfryProperties.Security security, @Nullable InetAddress address) {
        if (!security.open() && !isLoopback(address)) {
            throw new FailureAnalyzedException(
                    "Bound to " + (address == null ? "all addresses" : address.getHostAddress())
                            + ", this server would let anybody publish and read: it has no keys.",
                    "Set server.address=127.0.0.1, or belfry.security.open=true if that is what you want.");
        }
    }

    private static boolean isLoopback(@Nullable InetAddress address) {
        return address != null && address.isLoopbackAddress();
    }
}
