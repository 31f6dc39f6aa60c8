package dev.belfry;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All patterns of a filter as one automaton over segments. Each pattern has a bit for each place between its segments; a set of
 * places is a row of words, and reading a segment moves all of them at once (the shift-and method of Baeza-Yates and Gonnet). So a
 * topic costs (its segments) x (words), whatever the patterns are, and it ends early when no place is left, or when one is reached
 * behind which everything matches. Immutable.
 */
final class SegmentAutomaton {
    private static final int FAILS = 0;
    private static final int OPEN = 1;
    private static final int MATCHES = 2;

    private final int words;

    /** The places in front of the first segments; and of those that a reserved topic may begin at. */
    private final long[] starts;

    private final long[] reservedStarts;

    /** The places that any segment moves on by one; that any segment leaves where they are; behind the last segments. */
    private final long[] anyOne;

    private final long[] gaps;
    private final long[] ends;

    /** For each literal the places that it moves on. */
    private final Map<String, Places> literals = new HashMap<>();

    /** Places in the words that have any. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Places(int[] words, long[] bits) {
        Places with(int place) {
            int last = words.length - 1;
            if (last >= 0 && words[last] == place >> 6) {
                bits[last] |= 1L << place;
                return this;
            }
            int[] moreWords = Arrays.copyOf(words, last + 2);
            long[] moreBits = Arrays.copyOf(bits, last + 2);
            moreWords[last + 1] = place >> 6;
            moreBits[last + 1] = 1L << place;
            return new Places(moreWords, moreBits);
        }
    }

    private static final Places NOWHERE = new Places(new int[0], new long[0]);

    SegmentAutomaton(List<PatternForm> patterns) {
        words = words(patterns);
        starts = new long[words];
        reservedStarts = new long[words];
        anyOne = new long[words];
        gaps = new long[words];
        ends = new long[words];
        int place = 0;
        for (PatternForm pattern : patterns) {
            place = add(pattern, place);
        }
    }

    /** How many words a row has. */
    static int words(List<PatternForm> patterns) {
        return (patterns.stream().mapToInt(p -> p.segments().size() + 1).sum() + 63) >> 6;
    }

    private int add(PatternForm pattern, int start) {
        set(starts, start);
        if (!pattern.opensWithWildcard()) {
            set(reservedStarts, start);
        }
        int place = start;
        for (String segment : pattern.segments()) {
            if (segment == null) {
                set(anyOne, place);
            } else {
                literals.put(segment, literals.getOrDefault(segment, NOWHERE).with(place));
            }
            place++;
        }
        pattern.gaps().stream().forEach(gap -> set(gaps, start + gap));
        set(ends, place);
        return place + 1;
    }

    private static void set(long[] row, int place) {
        row[place >> 6] |= 1L << place;
    }

    int words() {
        return words;
    }

    /** Whether a topic of these segments matches any pattern. */
    boolean matches(String[] topic) {
        long[] reached = (topic[0].startsWith("$") ? reservedStarts : starts).clone();
        long[] next = new long[words];
        for (String segment : topic) {
            int outcome = move(reached, segment, next);
            if (outcome != OPEN) {
                return outcome == MATCHES;
            }
            long[] before = reached;
            reached = next;
            next = before;
        }
        return intersects(reached, ends);
    }

    /** Reads a segment, null for one that is no literal here. It matches whatever follows when a {@code **} at an end is reached. */
    private int move(long[] from, @Nullable String segment, long[] to) {
        Arrays.fill(to, 0);
        Places moved = segment == null ? null : literals.get(segment);
        if (moved != null) {
            moveOn(from, moved, to);
        }
        long carry = 0;
        long any = 0;
        long settled = 0;
        for (int i = 0; i < words; i++) {
            long on = from[i] & anyOne[i];
            long reached = to[i] | (from[i] & gaps[i]) | (on << 1) | carry;
            carry = on >>> 63;
            any |= reached;
            settled |= reached & gaps[i] & ends[i];
            to[i] = reached;
        }
        if (settled != 0) {
            return MATCHES;
        }
        return any == 0 ? FAILS : OPEN;
    }

    private static void moveOn(long[] from, Places places, long[] to) {
        for (int i = 0; i < places.words.length; i++) {
            int word = places.words[i];
            long on = from[word] & places.bits[i];
            to[word] |= on << 1;
            if (on < 0) {
                to[word + 1] |= 1;
            }
        }
    }

    private static boolean intersects(long[] a, long[] b) {
        for (int i = 0; i < a.length; i++) {
            if ((a[i] & b[i]) != 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * How many of the patterns, each alone, match all that this one does. It is read as if it were a topic: its {@code *} is a segment
     * that nobody has spelled, and its {@code **} leaves the places where any number of such segments, none included, may pass.
     */
    int countCovering(PatternForm pattern) {
        long[] reached = (pattern.isReserved() ? reservedStarts : starts).clone();
        passGap(pattern, 0, reached);
        long[] next = new long[words];
        for (int i = 0; i < pattern.segments().size(); i++) {
            move(reached, pattern.segments().get(i), next);
            passGap(pattern, i + 1, next);
            long[] before = reached;
            reached = next;
            next = before;
        }
        int count = 0;
        for (int i = 0; i < words; i++) {
            count += Long.bitCount(reached[i] & ends[i]);
        }
        return count;
    }

    private void passGap(PatternForm pattern, int place, long[] reached) {
        if (pattern.gaps().get(place)) {
            for (int i = 0; i < words; i++) {
                reached[i] &= gaps[i];
            }
        }
    }
}
