package dev.belfry;

/**
 * Every topic that begins and ends as those of another selector do: what finds a costly selector in an index. Shows no reserved topic that the
 * other may not show.
 */
record EndsSelector(TopicEnds ends, String literalPrefix) implements TopicSelector {
    static EndsSelector of(TopicSelector selector) {
        return new EndsSelector(selector.ends(), selector.literalPrefix());
    }

    @Override
    public String name() {
        return ends.prefix() + "\u2026" + ends.suffix();
    }

    @Override
    public boolean matches(Topic topic) {
        return ends.match(topic);
    }
}
