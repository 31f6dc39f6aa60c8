package dev.belfry;

import dev.belfry.BelfryException.InvalidInput;
import java.util.List;

/**
 * Which topics a subscription or a grant means: a topic, in which the segment {@code *} stands for any one segment and
 * {@code **} for any number of them, none included. {@code orders/*} matches {@code orders/42}; {@code orders/**} also
 * matches {@code orders} and {@code orders/42/items}. Equal when spelled equally.
 */
public final class TopicPattern {
    /** Every topic. */
    public static final TopicPattern ALL = new TopicPattern("**");

    private final String name;
    private final List<String> segments;
    private final boolean exact;

    private TopicPattern(String name) {
        Text.checkName("invalid-pattern", "a pattern", name, Topic.MAX_LENGTH);
        this.name = name;
        segments = Topic.segmentsOf(name);
        Topic.checkSegments("invalid-pattern", "a pattern", segments);
        for (String segment : segments) {
            if (segment.indexOf('*') >= 0 && !isAnyOne(segment) && !isAnyNumber(segment)) {
                throw new InvalidInput("invalid-pattern", "in a pattern, * and ** stand for whole segments");
            }
        }
        exact = segments.stream().noneMatch(s -> isAnyOne(s) || isAnyNumber(s));
    }

    /**
     * Reads a pattern.
     *
     * @throws InvalidInput when it breaks a rule ({@code invalid-pattern})
     */
    public static TopicPattern of(String name) {
        return name.equals("**") && ALL != null ? ALL : new TopicPattern(name);
    }

    static boolean isAnyOne(String segment) {
        return segment.equals("*");
    }

    static boolean isAnyNumber(String segment) {
        return segment.equals("**");
    }

    /** The pattern as written. */
    public String name() {
        return name;
    }

    /** Whether it has no wildcard, so that it matches the one topic of its own name. */
    public boolean isExact() {
        return exact;
    }

    /** Whether it matches every topic. */
    public boolean isAll() {
        return name.equals("**");
    }

    /** What every topic that it matches begins with, up to the first wildcard; empty when it begins with one. */
    public String literalPrefix() {
        if (exact) {
            return name;
        }
        StringBuilder prefix = new StringBuilder();
        for (String segment : segments) {
            if (isAnyOne(segment)) {
                return prefix.toString();
            }
            if (isAnyNumber(segment)) {
                // `orders/**` matches `orders` itself, which has no slash at its end
                return prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1);
            }
            prefix.append(segment).append('/');
        }
        return prefix.toString();
    }

    List<String> segments() {
        return segments;
    }

    /** Whether it matches; takes at most (segments of the pattern) x (segments of the topic) steps. */
    public boolean matches(Topic topic) {
        if (exact) {
            return name.equals(topic.name());
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
