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

    private static final int MAX_LIGHT_SEGMENTS = 8;
    private static final int MAX_LIGHT_STARS = 2;

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

    // ---- cost

    static boolean isWide(TopicSelector selector) {
        return selector instanceof TopicPattern && !selector.isExact();
    }

    /** How many of its segments are wildcards. */
    public int wildcards() {
        return (int) segments.stream().filter(TopicPattern::isWildcard).count();
    }

    /** How many segments it has for which topics are walked: all when it has a wildcard, none when it is exact. */
    public int wideSegments() {
        return segments.size();
    }

    /**
     * Whether an index finds it in a bounded number of steps, however many others it has: {@code **} is at one end only, and there are few
     * {@code *} among few segments.
     */
    boolean isLight() {
        return segments.size() - gaps() <= MAX_LIGHT_SEGMENTS
                && wildcards() - gaps() <= MAX_LIGHT_STARS
                && (gaps() == 0 || (gaps() == 1 && hasGapAtAnEnd()));
    }

    private boolean hasGapAtAnEnd() {
        return isAnyNumber(segments.get(0)) || isAnyNumber(segments.get(segments.size() - 1));
    }

    private int gaps() {
        return (int) segments.stream().filter(TopicPattern::isAnyNumber).count();
    }

    /** Whether it begins with a {@code **}, behind which something follows that a topic may end with. */
    boolean isFoundFromEnd() {
        return segments.size() > 1 && isAnyNumber(segments.get(0));
    }

    /** A light pattern that covers it: the literals that it begins with, or else ends with, and {@code **} for the rest. */
    TopicPattern lead() {
        int size = segments.size();
        int begin = 0;
        while (begin < size && begin < MAX_LIGHT_SEGMENTS && !isWildcard(segments.get(begin))) {
            begin++;
        }
        if (begin > 0) {
            return of(String.join("/", segments.subList(0, begin)) + "/**");
        }
        int end = size;
        while (end > 0 && size - end < MAX_LIGHT_SEGMENTS && !isWildcard(segments.get(end - 1))) {
            end--;
        }
        return end == size ? ALL : of("**/" + String.join("/", segments.subList(end, size)));
    }

    // ---- matching

    /** Whether it matches; looks at no more than (segments of the pattern) x (segments of the topic). */
    @Override
    public boolean matches(Topic topic) {
        if (isExact()) {
            return name.equals(topic.name());
        }
        if (topic.isReserved() && isWildcard(segments.get(0))) {
            return false;
        }
        return isAll() || matches(topic.name());
    }

    /**
     * The classic glob with one point of return: when a later segment fails, the last {@code **} takes one more. The topic is not split:
     * its segments are the stretches between slashes, and it is through behind its end.
     */
    private boolean matches(String topic) {
        int p = 0;
        int from = 0;
        int returnPattern = -1;
        int returnFrom = 0;
        while (from <= topic.length()) {
            int end = segmentEnd(topic, from);
            if (p < segments.size() && isAnyNumber(segments.get(p))) {
                returnPattern = p++;
                returnFrom = from;
            } else if (p < segments.size() && matchesOne(segments.get(p), topic, from, end)) {
                p++;
                from = end + 1;
            } else if (returnPattern >= 0) {
                p = returnPattern + 1;
                returnFrom = segmentEnd(topic, returnFrom) + 1;
                from = returnFrom;
            } else {
                return false;
            }
        }
        while (p < segments.size() && isAnyNumber(segments.get(p))) {
            p++;
        }
        return p == segments.size();
    }

    private static int segmentEnd(String topic, int from) {
        int slash = topic.indexOf('/', from);
        return slash < 0 ? topic.length() : slash;
    }

    private static boolean matchesOne(String pattern, String topic, int from, int end) {
        return isAnyOne(pattern) || (pattern.length() == end - from && topic.startsWith(pattern, from));
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
