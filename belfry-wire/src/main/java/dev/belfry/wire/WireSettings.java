package dev.belfry.wire;

/**
 * What requests may say.
 *
 * @param path where the endpoint is, without a slash at its end, e.g. {@code /api/notifications}
 * @param publish the bounds of publications
 * @param poll the bounds of polls
 * @param maxPatterns how many patterns one subscription may have; what may be wild about them follows from it
 * @param cloudEventsSource the source of CloudEvents that were published otherwise, a URI or a part of one
 */
public record WireSettings(
        String path, PublishSettings publish, PollSettings poll, int maxPatterns, String cloudEventsSource) {
    /** {@code /api/notifications}, the defaults of each part, and 256 patterns. */
    public static final WireSettings DEFAULT =
            new WireSettings("/api/notifications", PublishSettings.DEFAULT, PollSettings.DEFAULT, 256);

    public WireSettings {
        if (!path.startsWith("/") || path.length() == 1 || path.endsWith("/") || path.contains("*")) {
            throw new IllegalArgumentException(
                    "the path begins with a slash, does not end with one, and has no wildcards: " + path);
        }
    }

    /** With the path as the source of CloudEvents. */
    public WireSettings(String path, PublishSettings publish, PollSettings poll, int maxPatterns) {
        this(path, publish, poll, maxPatterns, path);
    }

    /** How many segments of a subscription's patterns may be wildcards. */
    public long maxWildcards() {
        return 2L * maxPatterns;
    }

    /** How many segments the patterns that have a wildcard may have together. */
    public long maxWideSegments() {
        return 8L * maxPatterns;
    }
}
