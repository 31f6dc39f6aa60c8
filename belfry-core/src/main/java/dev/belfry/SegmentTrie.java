package dev.belfry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Values under patterns with wildcards, as a trie by segments. It is walked as a nondeterministic automaton: the nodes that
 * the topic's segments so far can have led to, each at most once, so that no pattern takes more than (nodes) x (segments).
 * Not thread-safe.
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

    void add(TopicPattern pattern, T value) {
        Node<T> node = root;
        for (String segment : pattern.segments()) {
            node = node.childFor(segment);
        }
        size += node.add(value) ? 1 : 0;
    }

    void remove(TopicPattern pattern, T value) {
        size -= root.remove(pattern.segments(), 0, value) ? 1 : 0;
    }

    void match(Topic topic, Consumer<? super T> found) {
        if (size == 0) {
            return;
        }
        List<String> segments = topic.segments();
        List<Node<T>> reached = new ArrayList<>();
        step++;
        if (topic.isReserved()) {
            // no wildcard stands for the first segment of the server's own
            root.followLiterally(segments.get(0), reached, step);
            segments = segments.subList(1, segments.size());
        } else {
            root.reach(reached, step);
        }
        for (Node<T> node : reachedBy(segments, reached)) {
            node.forEach(found);
        }
    }

    private List<Node<T>> reachedBy(List<String> segments, List<Node<T>> from) {
        List<Node<T>> reached = from;
        for (String segment : segments) {
            List<Node<T>> next = new ArrayList<>();
            step++;
            for (Node<T> node : reached) {
                node.follow(segment, next, step);
            }
            reached = next;
        }
        return reached;
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

        void followLiterally(String segment, List<Node<T>> next, long step) {
            if (children != null) {
                reachIfPresent(children.get(segment), next, step);
            }
        }

        private static <T> void reachIfPresent(@Nullable Node<T> node, List<Node<T>> next, long step) {
            if (node != null) {
                node.reach(next, step);
            }
        }

        boolean remove(List<String> segments, int depth, T value) {
            if (depth == segments.size()) {
                return remove(value);
            }
            Node<T> child = children == null ? null : children.get(segments.get(depth));
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
