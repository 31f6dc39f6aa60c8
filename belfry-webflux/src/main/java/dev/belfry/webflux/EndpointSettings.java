package dev.belfry.webflux;

import dev.belfry.stream.StreamSettings;
import dev.belfry.wire.WireSettings;
import java.util.Set;

/**
 * What the endpoint is set up with.
 *
 * @param wire what requests may say
 * @param stream the times and bounds of streams
 * @param allowedOrigins the origins, besides its own, whose pages may use it, spelled as a browser does, e.g. {@code
 *     https://app.example.com}
 * @param allowedHeaders the request headers, besides those of the protocol, that pages of these origins may send
 * @param loopbackOnly whether the {@code Host} of a request must be a name of this machine's loopback; {@link HostGuard}
 *     sees to it, on every path of the server
 * @param limits how much one client may do
 */
public record EndpointSettings(
        WireSettings wire,
        StreamSettings stream,
        Set<String> allowedOrigins,
        Set<String> allowedHeaders,
        boolean loopbackOnly,
        LimitSettings limits) {
    /** The defaults of each part, and its own origin only. */
    public static final EndpointSettings DEFAULT =
            new EndpointSettings(WireSettings.DEFAULT, StreamSettings.DEFAULT, Set.of(), Set.of(), false);

    public EndpointSettings {
        allowedOrigins = Set.copyOf(allowedOrigins);
        allowedHeaders = Set.copyOf(allowedHeaders);
    }

    /** Without limits of a client. */
    public EndpointSettings(
            WireSettings wire,
            StreamSettings stream,
            Set<String> allowedOrigins,
            Set<String> allowedHeaders,
            boolean loopbackOnly) {
        this(wire, stream, allowedOrigins, allowedHeaders, loopbackOnly, LimitSettings.NONE);
    }

    /** The same with other limits of a client. */
    public EndpointSettings withLimits(LimitSettings limits) {
        return new EndpointSettings(wire, stream, allowedOrigins, allowedHeaders, loopbackOnly, limits);
    }
}
