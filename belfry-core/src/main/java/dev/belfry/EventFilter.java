package dev.belfry;

import java.util.Set;

/**
 * The one rule that decides whether a subscriber gets an event: a selector of the subscription matches one of its topics and,
 * unless it is public, a grant covers one of its topics. Subscribers with equal filters see the same sequence. {@link
 * Permissions#filter} makes one.
 *
 * <p>A pattern that another one covers is left out, and what is left is compiled into one automaton when it is first asked.
 *
 * @param selectors what is asked for; nothing when it is empty
 * @param grants what may be read; empty for public events only
 */
public record EventFilter(Set<TopicSelector> selectors, Set<TopicSelector> grants) {
    /** Every event but those of reserved topics, as everybody may read it on an open server. */
    public static final EventFilter ALL = new EventFilter(SelectorSet.ALL_TOPICS, SelectorSet.EVERYTHING);

    public EventFilter {
        selectors = SelectorSet.of(selectors);
        grants = SelectorSet.of(grants);
    }

    /** For what the server itself counts, whoever may read it. What it accepts is delivered to nobody. */
    public static EventFilter forCounting(Set<? extends TopicSelector> counted) {
        return new EventFilter(SelectorSet.of(counted), SelectorSet.EVERYTHING);
    }

    /** For counting all events, the server's own included. */
    public static EventFilter forCountingAll() {
        return forCounting(SelectorSet.EVERYTHING);
    }

    /** The filter for another subscription with the same grants. */
    public EventFilter withSelectors(Set<? extends TopicSelector> asked) {
        return new EventFilter(SelectorSet.of(asked), grants);
    }

    /** Whether the event may and should be delivered. */
    public boolean accepts(Event event) {
        return SelectorSet.matchesAny(selectors, event) && isGranted(event);
    }

    /** The same, for an event that many filters look at. */
    public boolean accepts(EventTopics topics) {
        return SelectorSet.matchesAny(selectors, topics)
                && (topics.event().notification().isPublic() || SelectorSet.matchesAny(grants, topics));
    }

    /** Whether the event may be read at all, whatever was asked for. */
    public boolean isGranted(Event event) {
        return event.notification().isPublic() || SelectorSet.matchesAny(grants, event);
    }

    /**
     * Whether it has a pattern for which an index would look at many places. Who has many of them to match with an event does so one
     * by one, in turns.
     */
    public boolean isCostly() {
        return SelectorSet.isCostly(selectors) || SelectorSet.isCostly(grants);
    }

    /**
     * The selectors to enter it under in an index. Those of a {@linkplain #isCostly() costly} filter are wider than its own: the index
     * finds it for events that it does not accept, too.
     */
    public Set<TopicSelector> indexSelectors() {
        return isCostly() ? SelectorSet.leadsTo(selectors) : selectors;
    }

    /** How many steps, of about a nanosecond each, it takes at most to match an event. */
    public int maxSteps(Event event) {
        int perSegment = SelectorSet.stepsPerSegment(selectors) + SelectorSet.stepsPerSegment(grants);
        int perCharacter = SelectorSet.stepsPerCharacter(selectors) + SelectorSet.stepsPerCharacter(grants);
        long steps = (long) perSegment * Topic.MAX_SEGMENTS * event.topics().size();
        if (perCharacter > 0) {
            for (Topic topic : event.topics()) {
                steps += (long) perCharacter * topic.name().length();
            }
        }
        return (int) Math.min(Integer.MAX_VALUE / 2, steps);
    }
}
