package dev.belfry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Finds what was entered under the selectors that match a topic; the cost follows what matches, not what was entered.
 *
 * <p>Exact selectors stand in one hash map, patterns in a {@link SegmentTrie}, those that begin with {@code **} in one that is
 * walked from a topic's end, and selectors of other kinds in a {@link CandidateTree} by what their topics begin and end with: those
 * whose beginning and end are the topic's are asked, one by one and each once, whatever the number of its values. Not
 * thread-safe.
 *
 * @param <T> what is entered; told apart by {@code equals}
 */
public final class SelectorIndex<T> {
    private final Map<String, Entries<T>> exact = new HashMap<>();
    private final SegmentTrie<T> patterns = new SegmentTrie<>();
    private final SegmentTrie<T> patternsFromEnd = new SegmentTrie<>();
    private final Map<TopicForm, CandidateTree<T>> others = new HashMap<>(2);

    /**
     * Enters a value under a selector; entering it again does nothing. Exact selectors are told apart by their topic, not by
     * their kind.
     */
    public void add(TopicSelector selector, T value) {
        if (selector.isExact()) {
            exact.computeIfAbsent(selector.literalPrefix(), topic -> new Entries<>())
                    .add(value);
        } else if (selector instanceof TopicPattern pattern) {
            trieOf(pattern).add(path(pattern), value);
        } else {
            others.computeIfAbsent(selector.ends().form(), CandidateTree::new).add(selector, value);
        }
    }

    /** Removes a value from under a selector; nothing is left of a selector without values. */
    public void remove(TopicSelector selector, T value) {
        if (selector.isExact()) {
            removeExact(selector.literalPrefix(), value);
        } else if (selector instanceof TopicPattern pattern) {
            trieOf(pattern).remove(path(pattern), value);
        } else {
            removeOther(selector, value);
        }
    }

    private SegmentTrie<T> trieOf(TopicPattern pattern) {
        return pattern.isFoundFromEnd() ? patternsFromEnd : patterns;
    }

    private static List<String> path(TopicPattern pattern) {
        return pattern.isFoundFromEnd() ? reversed(pattern.segments()) : pattern.segments();
    }

    private static List<String> reversed(List<String> segments) {
        List<String> reversed = new ArrayList<>(segments);
        Collections.reverse(reversed);
        return reversed;
    }

    private void removeExact(String topic, T value) {
        Entries<T> values = exact.get(topic);
        if (values != null && values.remove(value) && values.isEmpty()) {
            exact.remove(topic);
        }
    }

    private void removeOther(TopicSelector selector, T value) {
        TopicForm form = selector.ends().form();
        CandidateTree<T> tree = others.get(form);
        if (tree != null) {
            tree.remove(selector, value);
            if (tree.isEmpty()) {
                others.remove(form);
            }
        }
    }

    /** Whether nothing is entered. */
    public boolean isEmpty() {
        return exact.isEmpty() && patterns.isEmpty() && patternsFromEnd.isEmpty() && others.isEmpty();
    }

    /**
     * Gives every value under a matching selector; one that stands under several of them may be given several times.
     *
     * @return at how many places it has looked, whatever was found there
     */
    public int match(Topic topic, Consumer<? super T> found) {
        Entries<T> values = exact.get(topic.name());
        if (values != null) {
            values.forEach(found);
        }
        int steps = 1 + matchPatterns(topic, found);
        if (!others.isEmpty()) {
            for (CandidateTree<T> tree : others.values()) {
                steps += tree.match(topic, found);
            }
        }
        return steps;
    }

    private int matchPatterns(Topic topic, Consumer<? super T> found) {
        boolean fromEnd = !patternsFromEnd.isEmpty() && !topic.isReserved();
        if (patterns.isEmpty() && !fromEnd) {
            return 0;
        }
        List<String> segments = topic.segments();
        int steps = patterns.match(segments, topic.isReserved(), found);
        return fromEnd ? steps + patternsFromEnd.match(reversed(segments), false, found) : steps;
    }
}
