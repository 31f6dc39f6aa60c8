package dev.belfry;

import org.jspecify.annotations.Nullable;

/**
 * A spelling that selectors of one kind read topics in, when one topic may be written in several ways, as a URL may. An index keeps
 * selectors by how this spelling of their topics begins and ends. Equal objects give equal spellings. Any thread.
 */
@FunctionalInterface
public interface TopicForm {
    /** As it was written. */
    TopicForm AS_WRITTEN = Topic::name;

    /** The spelling; null when the topic has none, so that no selector of this kind matches it. */
    @Nullable
    String of(Topic topic);
}
