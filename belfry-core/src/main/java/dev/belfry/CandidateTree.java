package dev.belfry;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Values under selectors of any kind, by the literal prefix of these and then by their literal suffix, spelled backwards. A
 * topic asks only the selectors that have both of its own, each once. Not thread-safe.
 *
 * @param <T> what is entered; told apart by {@code equals}
 */
final class CandidateTree<T> {
    private final TopicForm form;
    private final PrefixTree<PrefixTree<Map<TopicSelector, Entries<T>>>> byPrefix = new PrefixTree<>();

    /** @param form the spelling in which its selectors say how their topics begin and end */
    CandidateTree(TopicForm form) {
        this.form = form;
    }

    boolean isEmpty() {
        return byPrefix.isEmpty();
    }

    void add(TopicSelector selector, T value) {
        TopicEnds ends = selector.ends();
        byPrefix.computeIfAbsent(ends.prefix(), PrefixTree::new)
                .computeIfAbsent(reversed(ends.suffix()), () -> new HashMap<>(2))
                .computeIfAbsent(selector, s -> new Entries<>())
                .add(value);
    }

    void remove(TopicSelector selector, T value) {
        String prefix = selector.ends().prefix();
        String suffix = reversed(selector.ends().suffix());
        PrefixTree<Map<TopicSelector, Entries<T>>> bySuffix = byPrefix.get(prefix);
        Map<TopicSelector, Entries<T>> candidates = bySuffix == null ? null : bySuffix.get(suffix);
        Entries<T> values = candidates == null ? null : candidates.get(selector);
        if (bySuffix == null || candidates == null || values == null) {
            return;
        }
        values.remove(value);
        if (values.isEmpty()) {
            candidates.remove(selector);
        }
        if (candidates.isEmpty()) {
            bySuffix.remove(suffix);
        }
        if (bySuffix.isEmpty()) {
            byPrefix.remove(prefix);
        }
    }

    /** Gives what matches, and returns how many selectors it has asked. */
    int match(Topic topic, Consumer<? super T> found) {
        if (isEmpty()) {
            return 0;
        }
        // what reads topics in another spelling does not spell the first segment of a reserved one
        String text = topic.isReserved() && form != TopicForm.AS_WRITTEN ? null : form.of(topic);
        if (text == null) {
            return 1;
        }
        int[] steps = {0};
        String backwards = reversed(text);
        byPrefix.forEachPrefixOf(
                text,
                topic.minPrefixLength(),
                bySuffix -> bySuffix.forEachPrefixOf(
                        backwards,
                        0,
                        candidates -> candidates.forEach((selector, values) -> {
                            steps[0]++;
                            if (selector.matches(topic)) {
                                values.forEach(found);
                            }
                        })));
        return steps[0];
    }

    /** By characters as they are; a StringBuilder would keep the pairs of some together. */
    private static String reversed(String text) {
        char[] reversed = new char[text.length()];
        for (int i = 0; i < reversed.length; i++) {
            reversed[i] = text.charAt(reversed.length - 1 - i);
        }
        return new String(reversed);
    }
}
