package dev.belfry;

import dev.belfry.BelfryException.InvalidInput;
import java.util.List;

/**
 * What a notification is about: segments joined by slashes, e.g. {@code orders/42} or {@code https://example.com/books/1}.
 * Costs nothing until it has events.
 *
 * @param name 1 to 1,024 characters in 1 to 64 segments, which may be empty; no segment is {@code *} or {@code **}; no
 *     control characters
 */
public record Topic(String name) {
    static final int MAX_LENGTH = 1024;
    static final int MAX_SEGMENTS = 64;

    /** The first segment of the topics on which the server itself says something. */
    static final String RESERVED_PREFIX = "$belfry";

    /** The topic of a notification that names none. */
    public static final Topic DEFAULT = new Topic("notifications");

    /**
     * Checks the name.
     *
     * @throws InvalidInput when the name breaks a rule ({@code invalid-topic})
     */
    public Topic {
        checkName("invalid-topic", "a topic", name);
        if (TopicPattern.hasWildcard(name)) {
            throw new InvalidInput("invalid-topic", "a topic has no segment * or **, only a pattern has");
        }
    }

    /** What topics and patterns have in common. */
    static void checkName(String code, String what, String name) {
        Text.checkName(code, what, name, MAX_LENGTH);
        int segments = 1;
        for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
            segments++;
        }
        if (segments > MAX_SEGMENTS) {
            throw new InvalidInput(code, what + " has at most " + MAX_SEGMENTS + " segments");
        }
    }

    /**
     * Whether it is the server's own: its name begins with {@code $}. Publishers may not use it, and no wildcard stands for
     * its first segment.
     */
    public boolean isReserved() {
        return name.charAt(0) == '$';
    }

    /**
     * Whether a selector matches it. A selector that does not spell the first segment of a reserved topic does not, whatever
     * the selector itself says.
     */
    boolean isSelectedBy(TopicSelector selector) {
        return (!isReserved() || isNamedBy(selector.literalPrefix())) && selector.matches(this);
    }

    private boolean isNamedBy(String literalPrefix) {
        return literalPrefix.length() >= minPrefixLength();
    }

    /** How many of its characters a selector must spell: those of the first segment when it is reserved, or none. */
    int minPrefixLength() {
        if (!isReserved()) {
            return 0;
        }
        int slash = name.indexOf('/');
        return slash < 0 ? name.length() : slash;
    }

    List<String> segments() {
        return segmentsOf(name);
    }

    static List<String> segmentsOf(String path) {
        return List.of(split(path));
    }

    static String[] split(String path) {
        return path.split("/", -1);
    }

    @Override
    public String toString() {
        return name;
    }
}
