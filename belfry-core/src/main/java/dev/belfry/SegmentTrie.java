package dev.belfry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Values under lists of segments with wildcards, as a trie. It is walked as a nondeterministic automaton: the nodes that the topic's
 * segments so far can have led to, each at most once. A {@code **} at the end is not walked along: whatever follows, it matches. So
 * {@linkplain TopicPattern#isLight() light} patterns take a topic few steps, whatever their number. Not thread-safe.
 *
 * @param <T> what is entered; told apart by {@code equals}
 */
final class SegmentTrie<T> {
    private final Node<T> root = new Node<>(false);
    private int size;
    private long step;

    boolean isEmpty() {
        return size == 0;
    }

    void add(List<String> segments, T value) {
        Node<T> node = root;
        for (String segment : segments) {
            node = node.childFor(segment);
        }
        size += node.add(value) ? 1 : 0;
    }

    void remove(List<String> segments, T value) {
        size -= root.remove(segments, 0, value) ? 1 : 0;
    }

    /**
     * Gives what matches, and returns at how many places it has looked.
     *
     * @param isReserved whether no wildcard stands for the first segment
     */
    int match(List<String> segments, boolean isReserved, Consumer<? super T> found) {
        return size == 0 ? 0 : new Walk(found).walk(segments, isReserved);
    }

    /** One topic's way through the nodes. */
    private final class Walk {
        private final Consumer<? super T> found;
        private final long begin = ++step;
        private List<Node<T>> reached = new ArrayList<>();
        private int steps;

        Walk(Consumer<? super T> found) {
            this.found = found;
        }

        int walk(List<String> segments, boolean isReserved) {
            if (isReserved) {
                reach(root.child(segments.get(0)));
            } else {
                reach(root);
            }
            for (int i = isReserved ? 1 : 0; i < segments.size() && !reached.isEmpty(); i++) {
                follow(segments.get(i));
            }
            reached.forEach(node -> node.forEach(found));
            return steps;
        }

        private void follow(String segment) {
            List<Node<T>> from = reached;
            reached = new ArrayList<>();
            step++;
            for (Node<T> node : from) {
                if (node.anyNumber) {
                    reach(node);
                }
                reach(node.child(segment));
                reach(node.child("*"));
            }
        }

        /** This node can be where the topic is; with it the ** behind it, which may stand for nothing. */
        private void reach(@Nullable Node<T> node) {
            if (node == null || node.reachedAt == step) {
                return;
            }
            boolean isFirst = node.reachedAt < begin;
            node.reachedAt = step;
            steps++;
            if (!node.matchesWhatFollows()) {
                reached.add(node);
                reach(node.child("**"));
            } else if (isFirst) {
                node.forEach(found);
            }
        }
    }

    /** Has the values of the pattern that ends here. */
    private static final class Node<T> extends Entries<T> {
        private final boolean anyNumber;
        private @Nullable Map<String, Node<T>> children;
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

        @Nullable
        Node<T> child(String segment) {
            return children == null ? null : children.get(segment);
        }

        boolean matchesWhatFollows() {
            return anyNumber && (children == null || children.isEmpty());
        }

        boolean remove(List<String> segments, int depth, T value) {
            if (depth == segments.size()) {
                return remove(value);
            }
            Node<T> child = child(segments.get(depth));
            if (child == null || !child.remove(segments, depth + 1, value)) {
                return false;
            }
            if (child.isVacant()) {
                vacate(segments.get(depth));
            }
            return true;
        }

        private boolean isVacant() {
            return isEmpty() && (children == null || children.isEmpty());
        }

        private void vacate(String segment) {
            if (children != null) {
                children.remove(segment);
            }
        }
    }
}
