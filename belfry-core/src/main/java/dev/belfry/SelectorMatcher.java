package dev.belfry;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Selectors compiled for asking whether any of them matches: exact names sorted, patterns as one automaton. Immutable. */
final class SelectorMatcher {
    private final String[] exact;
    private final @Nullable SegmentAutomaton patterns;
    private final List<TopicSelector> others;

    SelectorMatcher(Collection<TopicSelector> selectors) {
        exact = selectors.stream()
                .filter(TopicSelector::isExact)
                .map(TopicSelector::literalPrefix)
                .sorted()
                .toArray(String[]::new);
        List<PatternForm> forms = selectors.stream()
                .filter(TopicPattern::isWide)
                .map(selector -> PatternForm.of((TopicPattern) selector))
                .distinct()
                .toList();
        patterns = forms.isEmpty() ? null : new SegmentAutomaton(forms);
        others = selectors.stream()
                .filter(selector -> !selector.isExact() && !(selector instanceof TopicPattern))
                .toList();
    }

    boolean matches(EventTopics topics) {
        for (int i = 0; i < topics.size(); i++) {
            if (isNamed(topics.topic(i))
                    || (patterns != null && patterns.matches(topics.segments(i)))
                    || isSelectedByOthers(topics.topic(i))) {
                return true;
            }
        }
        return false;
    }

    boolean matches(Topic topic) {
        return isNamed(topic)
                || (patterns != null && patterns.matches(Topic.split(topic.name())))
                || isSelectedByOthers(topic);
    }

    private boolean isNamed(Topic topic) {
        return Arrays.binarySearch(exact, topic.name()) >= 0;
    }

    private boolean isSelectedByOthers(Topic topic) {
        for (int i = 0; i < others.size(); i++) {
            if (topic.isSelectedBy(others.get(i))) {
                return true;
            }
        }
        return false;
    }
}
