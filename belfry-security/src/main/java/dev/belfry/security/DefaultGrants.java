package dev.belfry.security;

import dev.belfry.BelfryException.InvalidInput;
import dev.belfry.TopicPattern;
import dev.belfry.TopicSelector;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the server grants to every subject, e.g. {@code users/{sub}/**}. A subject whose name could be more than a part of one segment
 * is not granted what has its name in it: {@code *} would read all users' events, and {@code 7/secret} those below somebody's. Its
 * token stays valid, for such a name may be all right elsewhere, as a URL is.
 *
 * @param publish patterns, in which {@code {sub}} stands for the subject
 * @param subscribe the same
 */
public record DefaultGrants(List<String> publish, List<String> subscribe) {
    /** Nothing. */
    public static final DefaultGrants NONE = new DefaultGrants(List.of(), List.of());

    private static final String PLACEHOLDER = "{sub}";

    /**
     * Checks the patterns.
     *
     * @throws IllegalArgumentException when one is none
     */
    public DefaultGrants {
        publish = List.copyOf(publish);
        subscribe = List.copyOf(subscribe);
        publish.forEach(DefaultGrants::check);
        subscribe.forEach(DefaultGrants::check);
    }

    private static void check(String template) {
        try {
            String pattern = TopicPattern.of(template.replace(PLACEHOLDER, "x")).name();
            if (pattern.contains("{") || pattern.contains("}")) {
                throw new IllegalArgumentException(template + " has a placeholder other than {sub}");
            }
        } catch (InvalidInput e) {
            throw new IllegalArgumentException(template + " is not a pattern: " + e.getMessage(), e);
        }
    }

    /** What a subject gets; nothing without one. */
    public Grants of(@Nullable String subject) {
        return subject == null || (publish.isEmpty() && subscribe.isEmpty())
                ? Grants.NONE
                : new Grants(fill(publish, subject), fill(subscribe, subject));
    }

    private static Set<TopicSelector> fill(List<String> templates, String subject) {
        Set<TopicSelector> patterns = new HashSet<>();
        for (String template : templates) {
            if (!template.contains(PLACEHOLDER)) {
                patterns.add(TopicPattern.of(template));
            } else if (isPartOfASegment(subject)) {
                addIfPattern(template.replace(PLACEHOLDER, subject), patterns);
            }
        }
        return patterns;
    }

    private static boolean isPartOfASegment(String subject) {
        return subject.chars().noneMatch(c -> "/*${}".indexOf(c) >= 0);
    }

    private static void addIfPattern(String name, Set<TopicSelector> patterns) {
        try {
            patterns.add(TopicPattern.of(name));
        } catch (InvalidInput e) {
            // too long, or with characters that no topic has: there is no such topic either
        }
    }
}
