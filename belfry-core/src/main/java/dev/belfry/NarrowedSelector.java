package dev.belfry;

import java.util.Set;

/** What a selector selects as far as any of others does, where neither is a part of the other. */
record NarrowedSelector(TopicSelector asked, Set<TopicSelector> granted) implements TopicSelector {
    @Override
    public String name() {
        return asked.name();
    }

    @Override
    public boolean matches(Topic topic) {
        return topic.isSelectedBy(asked) && SelectorSet.matchesAny(granted, topic);
    }

    @Override
    public String literalPrefix() {
        return asked.literalPrefix();
    }

    @Override
    public String literalSuffix() {
        return asked.literalSuffix();
    }

    @Override
    public TopicEnds ends() {
        return asked.ends();
    }

    /** A segment has a character at least, but for empty ones, and those have a slash. */
    @Override
    public int stepsPerCharacter() {
        int ofPattern =
                asked instanceof TopicPattern pattern ? pattern.segments().size() : 0;
        return ofPattern
                + asked.stepsPerCharacter()
                + SelectorSet.stepsPerSegment(granted)
                + SelectorSet.stepsPerCharacter(granted);
    }
}
