package dev.belfry;

/**
 * Says which topics a subscription or a grant means. {@link TopicPattern} is Belfry's own kind; other protocols bring
 * theirs. Immutable, and equal to a selector of the same kind and spelling.
 *
 * <p>Strangers write selectors, and every event is matched against them: an implementation bounds its spelling, and {@link
 * #matches} takes a time that is bounded by the lengths of selector and topic, so it has no backtracking regular expression.
 * Any thread may call it.
 */
public interface TopicSelector {
    /** The selector as it was written. */
    String name();

    /**
     * Whether it matches. A wildcard never stands for the first segment of a {@linkplain Topic#isReserved() reserved} topic;
     * filters and the index hold to that whatever this method says.
     */
    boolean matches(Topic topic);

    /**
     * What every topic that it matches begins with; empty when there is no such text. The longer it is, the less is looked at
     * in vain. The whole topic when it {@link #isExact()}.
     */
    String literalPrefix();

    /**
     * What every topic that it matches ends with, apart from its prefix; empty when there is no such text. Tells apart
     * selectors that begin alike, e.g. {@code https://example.com/users/{id}/orders}.
     */
    default String literalSuffix() {
        return "";
    }

    /** How its topics begin and end, for an index; as they are written unless it reads them in a spelling of its own. */
    default TopicEnds ends() {
        return new TopicEnds(TopicForm.AS_WRITTEN, literalPrefix(), literalSuffix());
    }

    /**
     * How many steps, of about a nanosecond each, a character of a topic takes at most; 0 when it takes no more than comparing it.
     * Selectors that take any are matched in turns of their own.
     */
    default int stepsPerCharacter() {
        return 0;
    }

    /** How many bytes it keeps besides its name, about. */
    default int heapBytes() {
        return 0;
    }

    /** Whether it matches one topic only, the one that its literal prefix names. */
    default boolean isExact() {
        return false;
    }

    /** Whether it matches every topic, apart from the reserved ones. */
    default boolean isAll() {
        return false;
    }
}
