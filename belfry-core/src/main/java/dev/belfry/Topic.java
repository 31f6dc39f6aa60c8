package dev.belfry;

import dev.belfry.BelfryException.InvalidInput;
import java.util.List;

/**
 * What a notification is about: segments joined by slashes, e.g. {@code orders/42}. Costs nothing until it has events.
 *
 * @param name 1 to 256 characters in 1 to 16 segments, none empty, no control characters and no {@code *}
 */
public record Topic(String name) {
    static final int MAX_LENGTH = 256;
    static final int MAX_SEGMENTS = 16;

    /** The topic of a notification that names none. */
    public static final Topic DEFAULT = new Topic("notifications");

    /**
     * Checks the name.
     *
     * @throws InvalidInput when the name breaks a rule ({@code invalid-topic})
     */
    public Topic {
        Text.checkName("invalid-topic", "a topic", name, MAX_LENGTH);
        if (name.indexOf('*') >= 0) {
            throw new InvalidInput("invalid-topic", "a topic has no *, only a pattern has");
        }
        checkSegments("invalid-topic", "a topic", segmentsOf(name));
    }

    /** Whether it is the server's own: publishers may not use topics that begin with {@code $}. */
    public boolean isReserved() {
        return name.charAt(0) == '$';
    }

    List<String> segments() {
        return segmentsOf(name);
    }

    static List<String> segmentsOf(String path) {
        return List.of(path.split("/", -1));
    }

    static void checkSegments(String code, String what, List<String> segments) {
        if (segments.size() > MAX_SEGMENTS) {
            throw new InvalidInput(code, what + " has at most " + MAX_SEGMENTS + " segments");
        }
        if (segments.contains("")) {
            throw new InvalidInput(code, what + " has no empty segment");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
