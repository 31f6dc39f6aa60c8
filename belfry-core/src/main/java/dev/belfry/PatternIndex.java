package dev.belfry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds what was entered under the patterns that match a topic; the cost follows what matches, not what was entered.
 *
 * <p>Patterns without wildcards stand in one hash map. The others form a trie by segments, which is walked as a
 * nondeterministic automaton: the nodes that the topic's segments so far can have led to, each at most once, so that no
 * pattern takes more than (nodes) x (segments). Not thread-safe.
 *
 * @param <T> what is entered; told apart by {@code equals}
 */
public final class PatternIndex<T> {
    private final Map<String, Entries<T>> exact = new HashMap<>();
    private final Node<T> root = new Node<>(false);
    private int wildcards;
    private long step;

    /** Enters a value under a pattern; entering it again does nothing. */
    public void add(TopicPattern pattern, T value) {
        if (pattern.isExact()) {
            exact.computeIfAbsent(pattern.name(), name -> new Entries<>()).add(value);
            return;
        }
        Node<T> node = root;
        for (String segment : pattern.segments()) {
            node = node.childFor(segment);
        }
        wildcards += node.values.add(value) ? 1 : 0;
    }

    /** Removes a value from under a pattern; nothing is left of a pattern without values. */
    public void remove(TopicPattern pattern, T value) {
        if (pattern.isExact()) {
            Entries<T> values = exact.get(pattern.name());
            if (values != null && values.remove(value) && values.isEmpty()) {
                exact.remove(pattern.name());
            }
        } else if (root.remove(pattern.segments(), 0, value)) {
            wildcards--;
        }
    }

    /** Whether nothing is entered. */
    public boolean isEmpty() {
        return exact.isEmpty() && wildcards == 0;
    }

    /** Gives every value under a matching pattern; one that stands under several of them may be given several times. */
    public void match(Topic topic, Consumer<? super T> found) {
        Entries<T> values = exact.get(topic.name());
        if (values != null) {
            values.forEach(found);
        }
        if (wildcards > 0) {
            matchWildcards(topic.segments(), found);
        }
    }

    private void matchWildcards(List<String> segments, Consumer<? super T> found) {
        List<Node<T>> reached = new ArrayList<>();
        step++;
        root.reach(reached, step);
        for (String segment : segments) {
            List<Node<T>> next = new ArrayList<>();
            step++;
            for (Node<T> node : reached) {
                node.follow(segment, next, step);
            }
            reached = next;
        }
        for (Node<T> node : reached) {
            node.values.forEach(found);
        }
    }

    private static final class Node<T> {
        final boolean anyNumber;
        final Entries<T> values = new Entries<>();

        @Nullable
        Map<String, Node<T>> children;

        private long reachedAt;

        Node(boolean anyNumber) {
            this.anyNumber = anyNumber;
        }

        Node<T> childFor(String segment) {
            if (children == null) {
                children = new HashMap<>(4);
            }
            return children.computeIfAbsent(segment, s -> new Node<>(TopicPattern.isAnyNumber(s)));
        }

        /** This node can be where the topic is; with it the ** behind it, which may stand for nothing. */
        void reach(List<Node<T>> reached, long step) {
            if (reachedAt == step) {
                return;
            }
            reachedAt = step;
            reached.add(this);
            Node<T> anyNumberChild = children == null ? null : children.get("**");
            if (anyNumberChild != null) {
                anyNumberChild.reach(reached, step);
            }
        }

        void follow(String segment, List<Node<T>> next, long step) {
            if (anyNumber) {
                reach(next, step);
            }
            if (children != null) {
                reachIfPresent(children.get(segment), next, step);
                reachIfPresent(children.get("*"), next, step);
            }
        }

        private static <T> void reachIfPresent(@Nullable Node<T> node, List<Node<T>> next, long step) {
            if (node != null) {
                node.reach(next, step);
            }
        }

        private void vacate(String segment) {
            if (children != null) {
                children.remove(segment);
            }
        }

        private boolean isVacant() {
            return values.isEmpty() && (children == null || children.isEmpty());
        }

        boolean remove(List<String> segments, int depth, T value) {
            if (depth == segments.size()) {
                return values.remove(value);
            }
            if (children == null) {
                return false;
            }
            Node<T> child = children.get(segments.get(depth));
            if (child == null || !child.remove(segments, depth + 1, value)) {
                return false;
            }
            if (child.isVacant()) {
                vacate(segments.get(depth));
            }
            return true;
        }
    }

    /** Mostly one value, which then needs no set: at a million subscribers it is their memory. */
    private static final class Entries<T> {
        private @Nullable T single;
        private @Nullable Set<T> many;

        boolean isEmpty() {
            return single == null && many == null;
        }

        boolean add(T value) {
            if (many != null) {
                return many.add(value);
            }
            if (single == null) {
                single = value;
                return true;
            }
            if (single.equals(value)) {
                return false;
            }
            many = new LinkedHashSet<>(List.of(single, value));
            single = null;
            return true;
        }

        boolean remove(T value) {
            if (many != null) {
                boolean removed = many.remove(value);
                if (many.size() == 1) {
                    single = many.iterator().next();
                    many = null;
                }
                return removed;
            }
            boolean removed = value.equals(single);
            single = removed ? null : single;
            return removed;
        }

        void forEach(Consumer<? super T> action) {
            if (many != null) {
                many.forEach(action);
            } else if (single != null) {
                action.accept(single);
            }
        }
    }
}
