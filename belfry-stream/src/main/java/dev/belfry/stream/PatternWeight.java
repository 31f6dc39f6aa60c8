package dev.belfry.stream;

import dev.belfry.EventFilter;
import dev.belfry.TopicSelector;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** What the patterns of a subscription take of the heap, and what they hold of the budget for it. */
public final class PatternWeight {
    /** A subscription of a few plain topics is part of what its connection costs. */
    private static final int FREE_BYTES = 1024;

    /** The selector, its name, and its place in a filter and in an index. */
    private static final int SELECTOR_BYTES = 160;

    /** Of a pattern with wildcards: the segment, and a node of an index. */
    private static final int SEGMENT_BYTES = 200;

    private PatternWeight() {}

    /** An estimate, in bytes; about 1 MB for 256 patterns of 1,024 characters. */
    public static long of(EventFilter filter) {
        long bytes = 0;
        for (TopicSelector selector : filter.selectors()) {
            bytes += of(selector);
        }
        return bytes;
    }

    private static long of(TopicSelector selector) {
        String name = selector.name();
        long bytes = SELECTOR_BYTES + 2L * name.length() + selector.heapBytes();
        return selector.isExact()
                ? bytes
                : bytes + SEGMENT_BYTES * name.chars().filter(c -> c == '/').count();
    }

    /** Whether it counts in the budget. */
    static boolean isHeavy(long weight) {
        return weight > FREE_BYTES;
    }

    /** Takes room for the patterns of a filter; null when there is none. What is light takes nothing. */
    public static MemoryBudget.@Nullable Hold hold(
            MemoryBudget budget, EventFilter filter, @Nullable SocketAddress client) {
        long weight = of(filter);
        return budget.hold(MemoryBudget.Use.PATTERNS, client, isHeavy(weight) ? weight : 0);
    }
}
