package dev.belfry;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * The one rule that decides whether a subscriber gets an event: a selector of the subscription matches one of its topics and,
 * unless it is public, a grant covers one of its topics. Subscribers with equal filters see the same sequence. {@link
 * Permissions#filter} makes one.
 *
 * @param selectors what is asked for; nothing when it is empty
 * @param grants what may be read; empty for public events only
 */
public record EventFilter(Set<TopicSelector> selectors, Set<TopicSelector> grants) {
    /** One set for the many that mean it: at a million subscribers it is their memory. */
    static final Set<TopicSelector> ALL_TOPICS = Set.of(TopicPattern.ALL);

    /** Every event but those of reserved topics, as everybody may read it on an open server. */
    public static final EventFilter ALL = new EventFilter(ALL_TOPICS, ALL_TOPICS);

    public EventFilter {
        selectors = reduced(selectors);
        grants = reduced(grants);
    }

    /** Leaves out what {@code **} covers, if it is there; it covers no reserved topics. */
    static Set<TopicSelector> reduced(Collection<? extends TopicSelector> selectors) {
        if (selectors.stream().noneMatch(TopicSelector::isAll)) {
            return Set.copyOf(selectors);
        }
        Set<TopicSelector> rest = new HashSet<>(selectors);
        rest.removeIf(selector -> !selector.literalPrefix().startsWith("$"));
        if (rest.isEmpty()) {
            return ALL_TOPICS;
        }
        rest.add(TopicPattern.ALL);
        return Set.copyOf(rest);
    }

    /** The filter for another subscription with the same grants. */
    public EventFilter withSelectors(Set<? extends TopicSelector> asked) {
        return new EventFilter(reduced(asked), grants);
    }

    /** Whether the event may and should be delivered. */
    public boolean accepts(Event event) {
        return matchesAny(selectors, event) && isGranted(event);
    }

    /** Whether the event may be read at all, whatever was asked for. */
    public boolean isGranted(Event event) {
        return event.notification().isPublic() || matchesAny(grants, event);
    }

    private static boolean matchesAny(Set<TopicSelector> selectors, Event event) {
        for (TopicSelector selector : selectors) {
            for (Topic topic : event.topics()) {
                if (topic.isSelectedBy(selector)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether every event passes that has a topic which is not reserved. */
    public boolean acceptsAll() {
        return selectors.contains(TopicPattern.ALL) && grants.contains(TopicPattern.ALL);
    }
}
