package dev.belfry.attack.strangers;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Patterns that cost much. */
final class Patterns {
    private static final List<String> WILD = List.of("a", "*", "**");

    /** Behind a first segment that nobody else has, so that nothing of it is shared. */
    private static final String LONG_END = "/a-segment".repeat(63);

    private Patterns() {}

    /** Patterns that nobody else has, each as long as it may be. */
    static List<String> different(int reader, int count) {
        return IntStream.range(0, count)
                .mapToObj(pattern -> reader + "-" + pattern + LONG_END)
                .toList();
    }

    /** Different patterns of {@code a}, {@code *} and {@code **}. */
    static Set<String> wild(long seed, int count, int segments, String last) {
        Random random = new Random(seed);
        Set<String> patterns = new LinkedHashSet<>();
        while (patterns.size() < count) {
            patterns.add(
                    random.ints(segments, 0, WILD.size()).mapToObj(WILD::get).collect(Collectors.joining("/"))
                            + '/'
                            + last);
        }
        return patterns;
    }

    /** An event whose topics all begin with many {@code a}, as JSON. */
    static String eventForWild(int topics, int segments) {
        String prefix = "a/".repeat(segments);
        return IntStream.range(0, topics)
                .mapToObj(i -> '"' + prefix + i + '"')
                .collect(Collectors.joining(",", "{\"topic\":[", "],\"data\":1}"));
    }
}
