package dev.belfry;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A map from texts that finds all its keys with which another text begins, in time that follows the length of that text and
 * not the number of keys. It is a radix tree: a node without a value has at least two children, so that there are no more
 * than two nodes for each key. Not thread-safe.
 */
final class PrefixTree<V> {
    private final Node<V> root = new Node<>("");

    boolean isEmpty() {
        return root.value == null && root.children == null;
    }

    V computeIfAbsent(String key, Supplier<V> create) {
        Node<V> node = root;
        for (int at = 0; at < key.length(); at += node.label.length()) {
            node = node.childFor(key, at);
        }
        V value = node.value;
        if (value == null) {
            value = create.get();
            node.value = value;
        }
        return value;
    }

    @Nullable
    V get(String key) {
        Node<V> node = root;
        int at = 0;
        while (node != null && at < key.length()) {
            node = node.childAlong(key, at);
            at += node == null ? 0 : node.label.length();
        }
        return node == null ? null : node.value;
    }

    /** Gives the value of each key that the text begins with and that has at least {@code minLength} characters. */
    void forEachPrefixOf(String text, int minLength, Consumer<? super V> found) {
        int at = 0;
        for (Node<V> node = root; node != null; node = node.childAlong(text, at)) {
            at += node.label.length();
            if (node.value != null && at >= minLength) {
                found.accept(node.value);
            }
        }
    }

    void remove(String key) {
        Node<V> parent = root;
        Node<V> node = root;
        for (int at = 0; at < key.length(); at += node.label.length()) {
            Node<V> child = node.childAlong(key, at);
            if (child == null) {
                return;
            }
            parent = node;
            node = child;
        }
        node.value = null;
        if (node != root && node.children == null) {
            parent.removeChild(node);
            node = parent;
        }
        if (node != root) {
            node.absorbOnlyChild();
        }
    }

    /** How many nodes there are, the root included; no recursion, for the tree may be as deep as a key is long. */
    int nodes() {
        int count = 0;
        Deque<Node<V>> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            Node<V> node = open.remove();
            count++;
            if (node.children != null) {
                open.addAll(node.children.values());
            }
        }
        return count;
    }

    private static final class Node<V> {
        /** What its key has that its parent's has not. */
        private String label;

        private @Nullable V value;
        private @Nullable Map<Character, Node<V>> children;

        Node(String label) {
            this.label = label;
        }

        /** The child whose whole label stands in the text at a place. */
        @Nullable
        Node<V> childAlong(String text, int at) {
            Node<V> child = children == null || at == text.length() ? null : children.get(text.charAt(at));
            return child != null && text.startsWith(child.label, at) ? child : null;
        }

        /** The child on the way to a key, made when there is none yet. */
        Node<V> childFor(String key, int at) {
            Node<V> child = children == null ? null : children.get(key.charAt(at));
            if (child == null) {
                child = new Node<>(key.substring(at));
                putChild(child);
                return child;
            }
            int shared = child.lengthShared(key, at);
            return shared == child.label.length() ? child : split(child, shared);
        }

        private int lengthShared(String key, int at) {
            int most = Math.min(label.length(), key.length() - at);
            int shared = 0;
            while (shared < most && label.charAt(shared) == key.charAt(at + shared)) {
                shared++;
            }
            return shared;
        }

        private Node<V> split(Node<V> child, int length) {
            Node<V> upper = new Node<>(child.label.substring(0, length));
            child.label = child.label.substring(length);
            upper.putChild(child);
            putChild(upper);
            return upper;
        }

        private void putChild(Node<V> child) {
            if (children == null) {
                children = new HashMap<>(4);
            }
            children.put(child.label.charAt(0), child);
        }

        private void removeChild(Node<V> child) {
            if (children != null && children.remove(child.label.charAt(0)) != null && children.isEmpty()) {
                children = null;
            }
        }

        private void absorbOnlyChild() {
            if (value == null && children != null && children.size() == 1) {
                Node<V> child = children.values().iterator().next();
                label += child.label;
                value = child.value;
                children = child.children;
            }
        }
    }
}
