package dev.belfry;

import java.util.Set;

/**
 * The one rule of who gets an event: a pattern of the subscription matches one of its topics and, unless it is public, a
 * grant covers one of its topics. Subscribers with equal filters see the same sequence.
 *
 * @param patterns what is asked for; nothing when it is empty
 * @param grants what may be read; empty for public events only
 */
public record EventFilter(Set<TopicPattern> patterns, Set<TopicPattern> grants) {
    /** Every event, as everybody may read it on an open server. */
    public static final EventFilter ALL = new EventFilter(Set.of(TopicPattern.ALL), Set.of(TopicPattern.ALL));

    public EventFilter {
        patterns = patterns.contains(TopicPattern.ALL) ? Set.of(TopicPattern.ALL) : Set.copyOf(patterns);
        grants = grants.contains(TopicPattern.ALL) ? Set.of(TopicPattern.ALL) : Set.copyOf(grants);
    }

    /** Whether the event may and should be delivered. */
    public boolean accepts(Event event) {
        return matchesAny(patterns, event) && isGranted(event);
    }

    /** Whether the event may be read at all, whatever was asked for. */
    public boolean isGranted(Event event) {
        return event.notification().isPublic() || matchesAny(grants, event);
    }

    private static boolean matchesAny(Set<TopicPattern> patterns, Event event) {
        for (TopicPattern pattern : patterns) {
            for (Topic topic : event.topics()) {
                if (pattern.matches(topic)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether every event passes. */
    public boolean acceptsAll() {
        return patterns.contains(TopicPattern.ALL) && grants.contains(TopicPattern.ALL);
    }
}
