package dev.belfry;

import dev.belfry.BelfryException.InvalidInput;
import java.util.List;

/**
 * A topic, in which the segment {@code *} stands for any one segment and {@code **} for any number of them, none included.
 * {@code orders/*} matches {@code orders/42}; {@code orders/**} also matches {@code orders} and {@code orders/42/items}.
 * Inside a longer segment a {@code *} stands for itself, so every topic is also a pattern.
 */
public final class TopicPattern implements TopicSelector {
    /** Every topic, apart from the reserved ones. */
    public static final TopicPattern ALL = new TopicPattern("**");

    private final String name;

    /** None when it is exact: the name says it all, and at a million subscribers it is their memory. */
    private final List<String> segments;

    private TopicPattern(String name) {
        Topic.checkName("invalid-pattern", "a pattern", name);
        this.name = name;
        segments = hasWildcard(name) ? Topic.segmentsOf(name) : List.of();
    }

    /**
     * Reads a pattern: 1 to 1,024 characters in 1 to 64 segments.
     *
     * @throws InvalidInput when it breaks a rule ({@code invalid-pattern})
     */
    public static TopicPattern of(String name) {
        return name.equals("**") && ALL != null ? ALL : new TopicPattern(name);
    }

    static boolean hasWildcard(String name) {
        return name.indexOf('*') >= 0 && Topic.segmentsOf(name).stream().anyMatch(TopicPattern::isWildcard);
    }

    private static boolean isWildcard(String segment) {
        return isAnyOne(segment) || isAnyNumber(segment);
    }

    static boolean isAnyOne(String segment) {
        return segment.equals("*");
    }

    static boolean isAnyNumber(String segment) {
        return segment.equals("**");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean isExact() {
        return segments.isEmpty();
    }

    @Override
    public boolean isAll() {
        return name.equals("**");
    }

    /** The pattern up to its first wildcard; without the slash in front of a {@code **}, which may stand for nothing. */
    @Override
    public String literalPrefix() {
        if (isExact()) {
            return name;
        }
        StringBuilder prefix = new StringBuilder();
        for (String segment : segments) {
            if (isAnyNumber(segment) && prefix.length() > 1) {
                prefix.setLength(prefix.length() - 1);
            }
            if (isWildcard(segment)) {
                break;
            }
            prefix.append(segment).append('/');
        }
        return prefix.toString();
    }

    /** Its segments, when it has a wildcard; none otherwise. */
    List<String> segments() {
        return segments;
    }

    /** Whether it matches; takes at most (segments of the pattern) x (segments of the topic) steps. */
    @Override
    public boolean matches(Topic topic) {
        if (isExact()) {
            return name.equals(topic.name());
        }
        if (topic.isReserved() && isWildcard(segments.get(0))) {
            return false;
        }
        return isAll() || matches(topic.segments());
    }

    /** The classic glob with one point of return: when a later segment fails, the last {@code **} takes one more. */
    private boolean matches(List<String> topic) {
        int p = 0;
        int t = 0;
        int returnPattern = -1;
        int returnTopic = 0;
        while (t < topic.size()) {
            if (p < segments.size() && isAnyNumber(segments.get(p))) {
                returnPattern = p++;
                returnTopic = t;
            } else if (p < segments.size() && matchesOne(segments.get(p), topic.get(t))) {
                p++;
                t++;
            } else if (returnPattern >= 0) {
                p = returnPattern + 1;
                t = ++returnTopic;
            } else {
                return false;
            }
        }
        while (p < segments.size() && isAnyNumber(segments.get(p))) {
            p++;
        }
        return p == segments.size();
    }

    private static boolean matchesOne(String pattern, String segment) {
        return isAnyOne(pattern) || pattern.equals(segment);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof TopicPattern other && name.equals(other.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
