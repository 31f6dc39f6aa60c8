package dev.belfry;

import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The selectors of a filter, of which none covers another, and which are compiled when a topic is matched against them for the first
 * time. One selector, or a few exact ones, need no compiling: they are a plain set, for at a million subscribers it is their memory.
 */
final class SelectorSet extends AbstractSet<TopicSelector> {
    /** So many are as quickly asked one by one. */
    private static final int MAX_PLAIN = 8;

    /** One set for the many that mean it. */
    static final Set<TopicSelector> ALL_TOPICS = Set.of(TopicPattern.ALL);

    /** The same and the server's own topics: one set for all of an open server. */
    static final Set<TopicSelector> EVERYTHING = of(Set.of(TopicPattern.ALL, TopicPattern.of("$belfry/**")));

    private final Set<TopicSelector> selectors;
    private final int stepsPerSegment;
    private final int stepsPerCharacter;
    private final boolean isCostly;

    /** Whether it selects every topic but reserved ones, which is quickly answered. */
    private final boolean hasAll;

    /** Made twice, if two threads are the first at once; either will do. */
    private @Nullable SelectorMatcher matcher;

    private SelectorSet(Set<TopicSelector> selectors) {
        this.selectors = selectors;
        int places = 0;
        long ofOthers = 0;
        boolean costly = false;
        for (TopicSelector selector : selectors) {
            ofOthers += selector.stepsPerCharacter();
            if (selector instanceof TopicPattern pattern) {
                places += pattern.segments().size() + 1;
                costly |= !pattern.isLight();
            }
        }
        stepsPerSegment = 1 + (places + Long.SIZE - 1) / Long.SIZE;
        stepsPerCharacter = (int) Math.min(Integer.MAX_VALUE / 2, ofOthers);
        isCostly = costly || ofOthers > 0;
        hasAll = selectors.contains(TopicPattern.ALL);
    }

    // ---- making one

    /** What selects the same, without those that others cover. */
    static Set<TopicSelector> of(Collection<? extends TopicSelector> selectors) {
        if (selectors instanceof SelectorSet reduced) {
            return reduced;
        }
        Set<TopicSelector> reduced = reduced(selectors);
        return isPlain(reduced) ? reduced : new SelectorSet(reduced);
    }

    private static boolean isPlain(Set<TopicSelector> selectors) {
        if (selectors.size() == 1) {
            return selectors.stream().allMatch(SelectorSet::isLight);
        }
        return selectors.size() <= MAX_PLAIN && selectors.stream().allMatch(TopicSelector::isExact);
    }

    private static boolean isLight(TopicSelector selector) {
        return selector instanceof TopicPattern pattern ? pattern.isLight() : selector.stepsPerCharacter() == 0;
    }

    private static Set<TopicSelector> reduced(Collection<? extends TopicSelector> selectors) {
        if (selectors.size() <= 1 || selectors.stream().allMatch(TopicSelector::isExact)) {
            return isAll(selectors) ? ALL_TOPICS : Set.copyOf(selectors);
        }
        Set<TopicSelector> rest = new HashSet<>(selectors);
        boolean hasAll = isAll(selectors);
        if (hasAll) {
            // it covers no reserved topics
            rest.removeIf(selector -> !selector.literalPrefix().startsWith("$"));
        }
        removeCovered(rest);
        if (hasAll && rest.isEmpty()) {
            return ALL_TOPICS;
        }
        if (hasAll) {
            rest.add(TopicPattern.ALL);
        }
        return Set.copyOf(rest);
    }

    private static boolean isAll(Collection<? extends TopicSelector> selectors) {
        return selectors.stream().anyMatch(TopicSelector::isAll);
    }

    /** Takes out the patterns that another one covers. Selectors of other kinds stay: nobody but they knows what they match. */
    private static void removeCovered(Set<TopicSelector> selectors) {
        Map<String, TopicPattern> wide = new TreeMap<>();
        selectors.stream()
                .filter(TopicPattern::isWide)
                .forEach(selector -> wide.put(selector.name(), (TopicPattern) selector));
        if (wide.isEmpty() || selectors.size() == 1) {
            return;
        }
        Set<PatternForm> forms = new HashSet<>();
        // of those that are spelled differently and mean the same, the first one by its spelling stays
        wide.values().forEach(pattern -> {
            if (!forms.add(PatternForm.of(pattern))) {
                selectors.remove(pattern);
            }
        });
        SegmentAutomaton automaton = new SegmentAutomaton(List.copyOf(forms));
        selectors.removeIf(selector -> selector instanceof TopicPattern pattern && isCovered(pattern, automaton));
    }

    private static boolean isCovered(TopicPattern pattern, SegmentAutomaton automaton) {
        return pattern.isExact()
                ? automaton.matches(Topic.split(pattern.name()))
                // it covers itself
                : automaton.countCovering(PatternForm.of(pattern)) > 1;
    }

    // ---- matching

    /** Whether any selector matches any of the topics. */
    static boolean matchesAny(Set<TopicSelector> selectors, EventTopics topics) {
        return selectors instanceof SelectorSet set
                ? set.matchesAllOf(topics.event()) || set.matcher().matches(topics)
                : matchesOneByOne(selectors, topics.event());
    }

    /** The same for an event that no other filter looks at. */
    static boolean matchesAny(Set<TopicSelector> selectors, Event event) {
        return selectors instanceof SelectorSet set
                ? set.matchesAllOf(event) || set.matcher().matches(new EventTopics(event))
                : matchesOneByOne(selectors, event);
    }

    /** Whether any selector matches a topic. */
    static boolean matchesAny(Set<TopicSelector> selectors, Topic topic) {
        return selectors instanceof SelectorSet set ? set.matcher().matches(topic) : matchesOneByOne(selectors, topic);
    }

    private boolean matchesAllOf(Event event) {
        return hasAll && !event.topic().isReserved();
    }

    private static boolean matchesOneByOne(Set<TopicSelector> selectors, Event event) {
        for (Topic topic : event.topics()) {
            if (matchesOneByOne(selectors, topic)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matchesOneByOne(Set<TopicSelector> selectors, Topic topic) {
        for (TopicSelector selector : selectors) {
            if (topic.isSelectedBy(selector)) {
                return true;
            }
        }
        return false;
    }

    private SelectorMatcher matcher() {
        SelectorMatcher compiled = matcher;
        if (compiled == null) {
            compiled = new SelectorMatcher(selectors);
            matcher = compiled;
        }
        return compiled;
    }

    // ---- cost

    /** Whether an index would look at many places for it; see {@link TopicPattern#isLight}. */
    static boolean isCostly(Set<TopicSelector> selectors) {
        return selectors instanceof SelectorSet set && set.isCostly;
    }

    /** How many steps, of about a nanosecond, a segment of a topic takes at most. */
    static int stepsPerSegment(Set<TopicSelector> selectors) {
        return selectors instanceof SelectorSet set ? set.stepsPerSegment : selectors.size();
    }

    /** How many steps a character of a topic takes at most, besides. */
    static int stepsPerCharacter(Set<TopicSelector> selectors) {
        return selectors instanceof SelectorSet set ? set.stepsPerCharacter : 0;
    }

    /**
     * The selectors under which an index finds these, in few steps: for each wildcard pattern a light one that covers it, for each of
     * another kind that takes steps how its topics begin and end, and of all these the widest.
     */
    static Set<TopicSelector> leadsTo(Set<TopicSelector> selectors) {
        List<TopicSelector> leads = new ArrayList<>(selectors.size());
        for (TopicSelector selector : selectors) {
            leads.add(lead(selector));
        }
        return of(leads);
    }

    private static TopicSelector lead(TopicSelector selector) {
        if (TopicPattern.isWide(selector)) {
            return ((TopicPattern) selector).lead();
        }
        return selector.stepsPerCharacter() == 0 ? selector : EndsSelector.of(selector);
    }

    // ---- a set

    @Override
    public Iterator<TopicSelector> iterator() {
        return selectors.iterator();
    }

    @Override
    public int size() {
        return selectors.size();
    }

    @Override
    public boolean contains(@Nullable Object o) {
        return o != null && selectors.contains(o);
    }
}
