package dev.belfry;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What two sets of selectors select both, in as plain selectors as there are: a pattern that the other set covers stands for itself. Only
 * where patterns overlap is something left to find out for each topic.
 */
final class Intersection {
    private Intersection() {}

    static Set<TopicSelector> of(
            Collection<? extends TopicSelector> asked, Collection<? extends TopicSelector> granted) {
        Set<TopicSelector> both = new HashSet<>();
        Set<TopicSelector> restOfGranted = rest(granted, new Coverage(asked), both);
        Set<TopicSelector> restOfAsked = rest(asked, new Coverage(granted), both);
        if (!restOfGranted.isEmpty()) {
            Set<TopicSelector> compiled = SelectorSet.of(restOfGranted);
            restOfAsked.forEach(selector -> both.add(new NarrowedSelector(selector, compiled)));
        }
        return SelectorSet.of(both);
    }

    /** Adds what is covered, and returns what may be so in part. */
    private static Set<TopicSelector> rest(
            Collection<? extends TopicSelector> selectors, Coverage others, Set<TopicSelector> covered) {
        Set<TopicSelector> rest = new HashSet<>();
        for (TopicSelector selector : selectors) {
            if (others.covers(selector)) {
                covered.add(selector);
            } else if (!selector.isExact()) {
                rest.add(selector);
            }
        }
        return rest;
    }

    /** What some selectors cover for certain. Of another kind than patterns that is only what is equal, or one topic. */
    private static final class Coverage {
        private final Set<TopicSelector> selectors;
        private final @Nullable SegmentAutomaton patterns;

        Coverage(Collection<? extends TopicSelector> covering) {
            selectors = SelectorSet.of(covering);
            List<PatternForm> forms = selectors.stream()
                    .filter(TopicPattern::isWide)
                    .map(selector -> PatternForm.of((TopicPattern) selector))
                    .distinct()
                    .toList();
            patterns = forms.isEmpty() ? null : new SegmentAutomaton(forms);
        }

        boolean covers(TopicSelector selector) {
            if (selector.isExact()) {
                return SelectorSet.matchesAny(selectors, new Topic(selector.literalPrefix()));
            }
            return selectors.contains(selector)
                    || (patterns != null
                            && selector instanceof TopicPattern pattern
                            && patterns.countCovering(PatternForm.of(pattern)) > 0);
        }
    }
}
