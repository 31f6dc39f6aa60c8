package dev.belfry;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Finds what was entered under the selectors that match a topic; the cost follows what matches, not what was entered.
 *
 * <p>Exact selectors stand in one hash map, patterns in a {@link SegmentTrie}, and selectors of other kinds in a {@link
 * PrefixTree} by what their topics begin and end with: those whose beginning and end are the topic's are asked, one by one
 * and each once, whatever the number of its values. Not thread-safe.
 *
 * @param <T> what is entered; told apart by {@code equals}
 */
public final class SelectorIndex<T> {
    private final Map<String, Entries<T>> exact = new HashMap<>();
    private final SegmentTrie<T> patterns = new SegmentTrie<>();
    private final CandidateTree<T> others = new CandidateTree<>();

    /**
     * Enters a value under a selector; entering it again does nothing. Exact selectors are told apart by their topic, not by
     * their kind.
     */
    public void add(TopicSelector selector, T value) {
        if (selector.isExact()) {
            exact.computeIfAbsent(selector.literalPrefix(), topic -> new Entries<>())
                    .add(value);
        } else if (selector instanceof TopicPattern pattern) {
            patterns.add(pattern, value);
        } else {
            others.add(selector, value);
        }
    }

    /** Removes a value from under a selector; nothing is left of a selector without values. */
    public void remove(TopicSelector selector, T value) {
        if (selector.isExact()) {
            removeExact(selector.literalPrefix(), value);
        } else if (selector instanceof TopicPattern pattern) {
            patterns.remove(pattern, value);
        } else {
            others.remove(selector, value);
        }
    }

    private void removeExact(String topic, T value) {
        Entries<T> values = exact.get(topic);
        if (values != null && values.remove(value) && values.isEmpty()) {
            exact.remove(topic);
        }
    }

    /** Whether nothing is entered. */
    public boolean isEmpty() {
        return exact.isEmpty() && patterns.isEmpty() && others.isEmpty();
    }

    /** Gives every value under a matching selector; one that stands under several of them may be given several times. */
    public void match(Topic topic, Consumer<? super T> found) {
        Entries<T> values = exact.get(topic.name());
        if (values != null) {
            values.forEach(found);
        }
        patterns.match(topic, found);
        others.match(topic, found);
    }
}
