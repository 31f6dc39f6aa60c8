package dev.belfry.webflux;

import java.util.Set;

/**
 * What the endpoint is set up with.
 *
 * @param path where it is, without a slash at its end, e.g. {@code /api/notifications}
 * @param allowedOrigins the origins, besides its own, whose pages may use it, spelled as a browser does, e.g. {@code
 *     https://app.example.com}
 * @param loopbackOnly whether the {@code Host} of a request must be a name of this machine's loopback, which is the guard
 *     against DNS rebinding of a server that is open because it is bound there
 * @param publish for publishers
 * @param stream for streams
 * @param poll for polls
 */
public record WireSettings(
        String path,
        Set<String> allowedOrigins,
        boolean loopbackOnly,
        PublishSettings publish,
        StreamSettings stream,
        PollSettings poll) {
    /** {@code /api/notifications}, its own origin, and the defaults of each part. */
    public static final WireSettings DEFAULT = new WireSettings(
            "/api/notifications",
            Set.of(),
            false,
            PublishSettings.DEFAULT,
            StreamSettings.DEFAULT,
            PollSettings.DEFAULT);

    public WireSettings {
        allowedOrigins = Set.copyOf(allowedOrigins);
        if (!path.startsWith("/") || path.length() == 1 || path.endsWith("/") || path.contains("*")) {
            throw new IllegalArgumentException(
                    "the path begins with a slash, does not end with one, and has no wildcards: " + path);
        }
    }
}
