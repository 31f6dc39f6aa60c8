package dev.belfry;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pattern in the one form that is the same for all that mean the same: what stands for one segment each, in order, and the places
 * between (0 in front of the first) where any number of segments may stand. {@code a/*}{@code /**} and {@code a/**}{@code /*} mean the
 * same: next to a {@code *}, a {@code **} may stand on either side, and here it stands on both.
 *
 * @param segments a literal, or null for any one segment
 * @param gaps the places of {@code **}; not changed any more
 */
record PatternForm(List<@Nullable String> segments, BitSet gaps) {
    static PatternForm of(TopicPattern pattern) {
        List<@Nullable String> segments = new ArrayList<>();
        BitSet gaps = new BitSet();
        for (String segment : pattern.segments()) {
            if (TopicPattern.isAnyNumber(segment)) {
                gaps.set(segments.size());
            } else {
                segments.add(TopicPattern.isAnyOne(segment) ? null : segment);
            }
        }
        if (gaps.get(0) && beginsReserved(segments)) {
            // the ** in front is never nothing: a topic that begins with that literal is one for which no wildcard
            // stands
            segments.add(0, null);
            BitSet moved = new BitSet();
            gaps.stream().forEach(gap -> moved.set(gap + 1));
            gaps = moved;
        }
        spread(segments, gaps);
        return new PatternForm(segments, gaps);
    }

    private static boolean beginsReserved(List<@Nullable String> segments) {
        String first = segments.isEmpty() ? null : segments.get(0);
        return first != null && first.startsWith("$");
    }

    /** To both sides, over every {@code *}. */
    private static void spread(List<@Nullable String> segments, BitSet gaps) {
        for (int i = 0; i < segments.size(); i++) {
            if (gaps.get(i) && segments.get(i) == null) {
                gaps.set(i + 1);
            }
        }
        for (int i = segments.size() - 1; i >= 0; i--) {
            if (gaps.get(i + 1) && segments.get(i) == null) {
                gaps.set(i);
            }
        }
    }

    /** Whether a wildcard stands for the first segment, so that it matches no reserved topic. */
    boolean opensWithWildcard() {
        return gaps.get(0) || segments.get(0) == null;
    }

    /** Whether it matches reserved topics only. */
    boolean isReserved() {
        return !opensWithWildcard() && beginsReserved(segments);
    }
}
