package dev.belfry;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * For whom the log is read. Clients share the reader threads fairly, however many connections one of them has.
 *
 * @param name told apart by equality
 */
public record ReadClient(Object name) {
    private static final int NETWORK_BYTES = 8;

    /** This process itself. */
    public static final ReadClient LOCAL = new ReadClient("local");

    /**
     * The client at an address of the network, whatever its port. One has a whole network of IPv6 addresses (/64), so that is
     * one client. {@link #LOCAL} when there is no such address.
     */
    public static ReadClient at(@Nullable SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
            return LOCAL;
        }
        return inet.getAddress() instanceof Inet6Address six
                ? new ReadClient(Arrays.toString(Arrays.copyOf(six.getAddress(), NETWORK_BYTES)))
                : new ReadClient(inet.getAddress());
    }
}
