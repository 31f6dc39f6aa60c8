package dev.belfry.security;

import dev.belfry.Topic;
import dev.belfry.TopicSelector;
import java.util.HashSet;
import java.util.Set;

/**
 * What a selector selects as far as one of some grants covers it.
 *
 * @param asked the selector
 * @param grants shared by all of a ticket
 */
record NarrowedSelector(TopicSelector asked, Set<TopicSelector> grants) implements TopicSelector {
    /** The part of what is asked for that is granted, in as plain selectors as there are. */
    static Set<TopicSelector> narrow(Set<? extends TopicSelector> asked, Set<TopicSelector> grants) {
        Set<TopicSelector> narrowed = new HashSet<>();
        for (TopicSelector selector : asked) {
            if (grants.contains(selector) || (selector.isExact() && selectsAny(grants, selector.literalPrefix()))) {
                narrowed.add(selector);
            } else if (!grants.isEmpty() && !selector.isExact()) {
                narrowed.add(new NarrowedSelector(selector, grants));
            }
        }
        return narrowed;
    }

    private static boolean selectsAny(Set<TopicSelector> grants, String topic) {
        Topic named = new Topic(topic);
        return grants.stream().anyMatch(grant -> selects(grant, named));
    }

    @Override
    public String name() {
        return asked.name();
    }

    @Override
    public boolean matches(Topic topic) {
        return selects(asked, topic) && grants.stream().anyMatch(grant -> selects(grant, topic));
    }

    /** A reserved topic is only for a selector that spells its first segment, whatever the selector says. */
    private static boolean selects(TopicSelector selector, Topic topic) {
        return selector.matches(topic)
                && (!topic.isReserved() || selector.literalPrefix().startsWith("$"));
    }

    @Override
    public String literalPrefix() {
        return asked.literalPrefix();
    }

    @Override
    public String literalSuffix() {
        return asked.literalSuffix();
    }

    /** Never: of an exact one nothing but its name is asked for, and the grants would not be. */
    @Override
    public boolean isExact() {
        return false;
    }

    @Override
    public boolean isAll() {
        return false;
    }
}
