package dev.belfry;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a log remembers, at one moment, of the events that retention has removed: for each topic the newest of them. It tells
 * whether a reader may lack something, so that a quiet topic's reader is told of no gap because others were loud.
 */
public abstract class RemovalMemory {
    /** So many topics are looked at for one reader; when that is not enough, a gap is said. */
    private static final int MAX_LOOKED = 10_000;

    /** Whether an event behind a place that the filter accepts may have been removed. */
    public final boolean mayLack(EventFilter filter, long after) {
        if (after >= newest()) {
            return false;
        }
        if (after < forgotten()) {
            return true;
        }
        List<TopicSelector> wide =
                filter.selectors().stream().filter(p -> !p.isExact()).toList();
        return lacksAnyByName(filter, after) || (!wide.isEmpty() && lacksAnyBelow(filter, wide, after));
    }

    /**
     * The newest place behind another one where an event that the filter accepts may have been removed; 0 when there is none. For places
     * that retention has not reached: only what was deleted is behind them.
     */
    public final long lackTo(EventFilter filter, long after) {
        if (after >= newest()) {
            return 0;
        }
        long newest = after < forgotten() ? forgotten() : 0;
        boolean isWide = false;
        for (TopicSelector selector : filter.selectors()) {
            isWide |= !selector.isExact();
            newest = Math.max(newest, selector.isExact() ? lackTo(filter, new Topic(selector.name()), after) : 0);
        }
        return isWide ? Math.max(newest, lackToSince(filter, after)) : newest;
    }

    private long lackToSince(EventFilter filter, long after) {
        Iterator<Topic> since = since(after);
        long newest = 0;
        for (int looked = 0; since.hasNext(); looked++) {
            if (looked == MAX_LOOKED) {
                return newest();
            }
            newest = Math.max(newest, lackTo(filter, since.next(), after));
        }
        return newest;
    }

    private long lackTo(EventFilter filter, Topic topic, long after) {
        Removed removed = of(topic);
        return removed == null ? 0 : removed.lackTo(filter, topic, after);
    }

    private boolean lacksAnyByName(EventFilter filter, long after) {
        for (TopicSelector selector : filter.selectors()) {
            if (selector.isExact() && lacks(filter, new Topic(selector.name()), after)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Looks at the topics below the selectors' prefixes and, in turns, at those that lost something behind the place: each way
     * leads to all that matter, and nobody knows which is the shorter one.
     */
    private boolean lacksAnyBelow(EventFilter filter, List<TopicSelector> wide, long after) {
        Iterator<Topic> below =
                new Below(wide.stream().map(TopicSelector::literalPrefix).iterator());
        Iterator<Topic> since = since(after);
        for (int looked = 0; looked < MAX_LOOKED; looked += 2) {
            if (!below.hasNext() || !since.hasNext()) {
                return false;
            }
            if (lacks(filter, below.next(), after) || lacks(filter, since.next(), after)) {
                return true;
            }
        }
        return true;
    }

    /** The topics below one prefix after the other. */
    private final class Below implements Iterator<Topic> {
        private final Iterator<String> prefixes;
        private Iterator<Topic> topics = Collections.emptyIterator();

        Below(Iterator<String> prefixes) {
            this.prefixes = prefixes;
        }

        @Override
        public boolean hasNext() {
            while (!topics.hasNext() && prefixes.hasNext()) {
                topics = below(prefixes.next());
            }
            return topics.hasNext();
        }

        @Override
        public Topic next() {
            return hasNext()
                    ? topics.next()
                    : Collections.<Topic>emptyIterator().next();
        }
    }

    private boolean lacks(EventFilter filter, Topic topic, long after) {
        // first what costs no look-up
        if (!SelectorSet.matchesAny(filter.selectors(), topic)) {
            return false;
        }
        Removed removed = of(topic);
        return removed != null && removed.mayLack(filter, topic, after);
    }

    /** The newest offset that was removed and is remembered; 0 for none. */
    protected abstract long newest();

    /** Up to this offset it is not known any more what was removed; 0 when all is. */
    protected abstract long forgotten();

    /** What was removed of a topic; null for nothing, or nothing that is remembered. */
    protected abstract @Nullable Removed of(Topic topic);

    /** The remembered topics that begin with a prefix. */
    protected abstract Iterator<Topic> below(String prefix);

    /** The remembered topics whose newest removed event is behind an offset. */
    protected abstract Iterator<Topic> since(long offset);
}
