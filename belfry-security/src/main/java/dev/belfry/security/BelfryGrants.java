package dev.belfry.security;

import dev.belfry.BelfryException.InvalidInput;
import dev.belfry.TopicPattern;
import dev.belfry.TopicSelector;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The claim of Belfry's own: {@code {"publish": [...], "subscribe": [...]}}, patterns as subscriptions have them. A misspelled name
 * in it makes the token invalid, or somebody would look for a long time.
 *
 * @param claim its name
 */
public record BelfryGrants(String claim) implements GrantReader {
    private static final int MAX_PATTERNS = 256;

    /** As subscriptions have them by default, so that a token does not make each event dear to match. */
    private static final int MAX_WIDE_SEGMENTS = 2048;

    @Override
    public Grants read(Map<String, @Nullable Object> claims) {
        if (!claims.containsKey(claim)) {
            return Grants.NONE;
        }
        if (!(claims.get(claim) instanceof Map<?, ?> grants)
                || !Set.of("publish", "subscribe").containsAll(grants.keySet())) {
            throw new InvalidToken("the claim of grants has publish and subscribe only");
        }
        return new Grants(patterns(grants, "publish"), patterns(grants, "subscribe"));
    }

    private static Set<TopicSelector> patterns(Map<?, ?> grants, String name) {
        if (!grants.containsKey(name)) {
            return Set.of();
        }
        if (!(grants.get(name) instanceof List<?> names) || names.size() > MAX_PATTERNS) {
            throw new InvalidToken("grants are an array of at most " + MAX_PATTERNS + " patterns");
        }
        Set<TopicSelector> patterns = new HashSet<>();
        int segments = 0;
        for (Object one : names) {
            TopicPattern pattern = pattern(one);
            segments += pattern.wideSegments();
            patterns.add(pattern);
        }
        if (segments > MAX_WIDE_SEGMENTS) {
            throw new InvalidToken("grants have too many segments");
        }
        return patterns;
    }

    private static TopicPattern pattern(@Nullable Object name) {
        if (!(name instanceof String text)) {
            throw new InvalidToken("a grant is a string");
        }
        try {
            return TopicPattern.of(text);
        } catch (InvalidInput e) {
            throw new InvalidToken("a grant is a pattern");
        }
    }
}
