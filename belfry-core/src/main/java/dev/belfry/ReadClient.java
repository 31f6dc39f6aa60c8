package dev.belfry;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * For whom the log is read. Clients share the reader threads fairly, however many connections one of them has.
 *
 * @param name told apart by equality
 */
public record ReadClient(Object name) {
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
        return new ReadClient(networkOf(inet.getAddress()));
    }

    /** An address of IPv4, or the network of IPv6 with 64 bits that one is in, as a number: a site has one at least. */
    public static long networkOf(InetAddress address) {
        return address instanceof Inet6Address six
                ? ByteBuffer.wrap(six.getAddress()).getLong()
                : address.hashCode();
    }
}
