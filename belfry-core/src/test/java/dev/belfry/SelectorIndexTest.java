package dev.belfry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.belfry.RandomNames.Exact;
import dev.belfry.RandomNames.Template;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SelectorIndexTest {
    private record Entry(TopicSelector selector, int value) {}

    private final SelectorIndex<Object> index = new SelectorIndex<>();

    @Test
    void findsWhatStandsUnderAMatchingSelectorAfterAnyAddsAndRemoves() {
        for (int seed = 0; seed < 1_000; seed++) {
            addAndRemoveAtRandom(new RandomNames(seed));
        }
    }

    private static void addAndRemoveAtRandom(RandomNames names) {
        Random random = names.random();
        List<TopicSelector> selectors =
                Stream.generate(names::selector).limit(1L + random.nextInt(30)).toList();
        List<Topic> topics = Stream.generate(names::topic).limit(8).toList();
        SelectorIndex<Integer> index = new SelectorIndex<>();
        Set<Entry> entries = new HashSet<>();
        for (int i = 0; i < 2 * selectors.size(); i++) {
            TopicSelector selector = selectors.get(random.nextInt(selectors.size()));
            Entry entry = new Entry(identity(selector), random.nextInt(4));
            if (random.nextInt(3) > 0) {
                index.add(selector, entry.value);
                entries.add(entry);
            } else {
                index.remove(selector, entry.value);
                entries.remove(entry);
            }
            assertMatches(index, entries, topics);
        }
        List<Entry> rest = new ArrayList<>(entries);
        Collections.shuffle(rest, random);
        rest.forEach(entry -> index.remove(entry.selector, entry.value));
        assertMatches(index, Set.of(), topics);
    }

    /** To the index, exact selectors of one topic are the same; to the model only when they are of one kind. */
    private static TopicSelector identity(TopicSelector selector) {
        return selector.isExact() ? new Exact(selector.name()) : selector;
    }

    private static void assertMatches(SelectorIndex<Integer> index, Set<Entry> entries, List<Topic> topics) {
        assertThat(index.isEmpty()).isEqualTo(entries.isEmpty());
        for (Topic topic : topics) {
            Set<Integer> expected = entries.stream()
                    .filter(entry -> RandomNames.naiveMatch(entry.selector, topic))
                    .map(Entry::value)
                    .collect(Collectors.toSet());
            Set<Integer> found = new HashSet<>();
            index.match(topic, found::add);
            assertThat(found).as("%s among %s", topic, entries).isEqualTo(expected);
        }
    }

    @Test
    void findsAsAFilterAccepts() {
        RandomNames names = new RandomNames(7);
        for (int i = 0; i < 20_000; i++) {
            TopicSelector selector = names.selector();
            Topic topic = names.topic();
            index.add(selector, "x");
            assertThat(match(topic.name()).isEmpty()).isNotEqualTo(topic.isSelectedBy(selector));
            index.remove(selector, "x");
        }
    }

    @Test
    void aValueIsGivenOnceForEachSelector() {
        for (int i = 0; i < 2; i++) {
            index.add(TopicPattern.of("**/a"), "x");
            index.add(TopicPattern.of("a"), "x");
            index.add(new Template("", "a"), "x");
        }

        assertThat(match("a")).containsExactlyInAnyOrder("x", "x", "x");
    }

    @Test
    void exactSelectorsOfOneTopicAreOne() {
        index.add(TopicPattern.of("a"), "x");
        index.add(new Exact("a"), "x");
        assertThat(match("a")).containsExactly("x");

        index.remove(new Exact("a"), "x");
        assertThat(index.isEmpty()).isTrue();
    }

    @Test
    void valuesUnderOneSelectorAreToldApart() {
        for (TopicSelector selector : List.of(TopicPattern.of("a"), TopicPattern.of("*"), new Template("a", ""))) {
            index.add(selector, "x");
            index.add(selector, "y");
            index.add(selector, "z");
            index.remove(selector, "y");
            index.remove(selector, "y");
            assertThat(match("a")).containsExactlyInAnyOrder("x", "z");
            index.remove(selector, "x");
            index.remove(selector, "z");
            assertThat(index.isEmpty()).isTrue();
        }
    }

    @Test
    void removingWhatIsNotThereDoesNothing() {
        index.add(TopicPattern.of("a/*/b"), "x");
        index.add(new Template("a/1", "b"), "y");

        for (String pattern : List.of("a", "a/*", "a/*/b/c", "a/**", "**", "x")) {
            index.remove(TopicPattern.of(pattern), "x");
        }
        index.remove(TopicPattern.of("a/*/b"), "y");
        for (String prefix : List.of("", "a", "a/", "a/1", "a/12", "b")) {
            index.remove(new Template(prefix, ""), "y");
        }
        index.remove(new Template("a/1", "b"), "x");

        assertThat(match("a/1/b")).containsExactly("x", "y");
    }

    @Test
    void aSelectorOfAnotherKindIsAskedOnlyAboutTopicsWithItsBeginningAndItsEnd() {
        AtomicInteger asked = new AtomicInteger();
        for (int prefix = 0; prefix < 100; prefix++) {
            for (int suffix = 0; suffix < 100; suffix++) {
                index.add(
                        new Template("https://example.com/" + prefix + "/", "/" + suffix, asked::incrementAndGet),
                        suffix);
            }
        }

        assertThat(match("https://example.com/42/x/7")).containsExactly(7);
        assertThat(match("https://example.com/42/x")).isEmpty();
        assertThat(match("https://example.com/x/7")).isEmpty();
        assertThat(asked).hasValue(1);
    }

    @Test
    void aSelectorOfAnotherKindIsAskedOnceForAllItsValues() {
        AtomicInteger asked = new AtomicInteger();
        for (int i = 0; i < 1_000; i++) {
            index.add(new Template("a/", "", asked::incrementAndGet), i);
        }

        assertThat(match("a/b")).hasSize(1_000);
        assertThat(asked).hasValue(1);
    }

    @Test
    void theWorstPatternsTakeNoTimeAtAll() {
        for (int i = 1; i < 32; i++) {
            index.add(TopicPattern.of("**/a/".repeat(i) + "**/b"), i);
            index.add(TopicPattern.of("**/*/".repeat(i) + "**/b"), i);
            index.add(TopicPattern.of("**/".repeat(2 * i) + "b"), i);
        }

        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            for (int i = 0; i < 200; i++) {
                assertThat(match("a/".repeat(63) + "a")).isEmpty();
            }
        });
        assertThat(match("a/".repeat(63) + "b")).hasSize(93);
    }

    @Test
    void theWorstPrefixesTakeNoTimeAtAll() {
        for (int i = 0; i < 1_000; i++) {
            index.add(new Template("a".repeat(i), ""), i);
            index.add(new Template("a".repeat(i) + "b", "a".repeat(i)), i);
        }

        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            for (int i = 0; i < 1_000; i++) {
                assertThat(match("a".repeat(1024))).hasSize(1_000);
            }
        });
    }

    @Test
    void lightPatternsTakeFewStepsWhateverTheirNumber() {
        Random random = new Random(4);
        int light = 0;
        for (int i = 0; i < 50_000; i++) {
            String path = Stream.generate(() -> List.of("a", "a", "a", "*").get(random.nextInt(4)))
                    .limit(1L + random.nextInt(8))
                    .collect(Collectors.joining("/"));
            TopicPattern pattern =
                    TopicPattern.of(List.of(path, path + "/**", "**/" + path).get(random.nextInt(3)));
            if (pattern.isLight()) {
                light++;
                index.add(pattern, i);
            }
        }

        int steps = index.match(new Topic("a/".repeat(63) + "a"), found -> {});
        assertThat(light).isGreaterThan(20_000);
        assertThat(steps).isBetween(100, 600);
    }

    @Test
    void whatAPatternLeadsToIsNotLookedAtForOtherTopics() {
        for (int i = 0; i < 10_000; i++) {
            index.add(TopicPattern.of("a/" + i + "/**"), i);
            index.add(TopicPattern.of("**/b/" + i), i);
        }

        assertThat(index.match(new Topic("a/7/x/b/9"), found -> {})).isLessThan(20);
        assertThat(match("a/7/x/b/9")).containsExactlyInAnyOrder(7, 9);
    }

    private List<Object> match(String topic) {
        List<Object> found = new ArrayList<>();
        index.match(new Topic(topic), found::add);
        return found;
    }
}
