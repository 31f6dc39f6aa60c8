package dev.belfry.security;

import dev.belfry.TopicSelector;
import java.util.HashSet;
import java.util.Set;

/**
 * What something allows.
 *
 * @param publish the topics to publish to
 * @param subscribe the topics whose private events may be read
 */
public record Grants(Set<TopicSelector> publish, Set<TopicSelector> subscribe) {
    /** Nothing. */
    public static final Grants NONE = new Grants(Set.of(), Set.of());

    public Grants {
        publish = Set.copyOf(publish);
        subscribe = Set.copyOf(subscribe);
    }

    Grants and(Grants others) {
        if (equals(NONE) || others.equals(NONE)) {
            return equals(NONE) ? others : this;
        }
        Set<TopicSelector> allPublish = new HashSet<>(publish);
        allPublish.addAll(others.publish);
        Set<TopicSelector> allSubscribe = new HashSet<>(subscribe);
        allSubscribe.addAll(others.subscribe);
        return new Grants(allPublish, allSubscribe);
    }
}
