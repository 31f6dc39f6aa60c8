package dev.belfry;

/**
 * The newest offsets of one topic that retention has removed, 0 for none. Events whose own time was over do not count: nobody
 * misses them.
 *
 * @param publicOffset of a public event
 * @param privateOffset of a private event that had no other topic
 * @param sharedOffset of a private event with several topics, which a grant for another of them may have covered
 */
public record Removed(long publicOffset, long privateOffset, long sharedOffset) {
    /** What one event leaves behind, for each of its topics. */
    public static Removed of(Event event) {
        return of(
                event.position().offset(),
                event.notification().isPublic(),
                event.topics().size());
    }

    /** As {@link #of(Event)}, of an event with so many topics. */
    public static Removed of(long offset, boolean isPublic, int topics) {
        if (isPublic) {
            return new Removed(offset, 0, 0);
        }
        return topics == 1 ? new Removed(0, offset, 0) : new Removed(0, 0, offset);
    }

    /** Both together. */
    public Removed and(Removed other) {
        return new Removed(
                Math.max(publicOffset, other.publicOffset),
                Math.max(privateOffset, other.privateOffset),
                Math.max(sharedOffset, other.sharedOffset));
    }

    public long newest() {
        return Math.max(publicOffset, Math.max(privateOffset, sharedOffset));
    }

    /** The newest place behind another one where an event of this topic that a filter accepts may have been removed; 0 for none. */
    long lackTo(EventFilter filter, Topic topic, long after) {
        if (newest() <= after || !SelectorSet.matchesAny(filter.selectors(), topic)) {
            return 0;
        }
        long newest = publicOffset;
        if (sharedOffset > newest && !filter.grants().isEmpty()) {
            newest = sharedOffset;
        }
        if (privateOffset > newest && SelectorSet.matchesAny(filter.grants(), topic)) {
            newest = privateOffset;
        }
        return newest > after ? newest : 0;
    }

    /** Whether an event of this topic that a filter accepts may have been removed behind a place. */
    boolean mayLack(EventFilter filter, Topic topic, long after) {
        if (newest() <= after || !SelectorSet.matchesAny(filter.selectors(), topic)) {
            return false;
        }
        return publicOffset > after
                || (sharedOffset > after && !filter.grants().isEmpty())
                || (privateOffset > after && SelectorSet.matchesAny(filter.grants(), topic));
    }
}
