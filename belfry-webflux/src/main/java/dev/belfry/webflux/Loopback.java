package dev.belfry.webflux;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** The names by which a machine calls itself. */
final class Loopback {
    private Loopback() {}

    /** Whether a {@code Host} is one; judged by its spelling, never by asking a name server. */
    static boolean isName(@Nullable InetSocketAddress host) {
        if (host == null) {
            return false;
        }
        String name = host.getHostString().toLowerCase(java.util.Locale.ROOT);
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || name.equals("::1")
                || name.equals("[::1]")
                || name.equals("0:0:0:0:0:0:0:1")
                || name.equals("[0:0:0:0:0:0:0:1]")
                || name.matches("127(\\.\\d{1,3}){3}");
    }
}
