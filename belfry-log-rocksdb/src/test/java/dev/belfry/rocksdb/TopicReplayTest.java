package dev.belfry.rocksdb;

import static dev.belfry.rocksdb.Logs.append;
import static dev.belfry.rocksdb.Logs.events;
import static dev.belfry.rocksdb.Logs.filter;
import static dev.belfry.rocksdb.Logs.open;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.Chunk;
import dev.belfry.Data;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.Notification;
import dev.belfry.ReadLimits;
import dev.belfry.Topic;
import dev.belfry.TopicPattern;
import dev.belfry.TopicSelector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TopicReplayTest {
    private static final int OTHERS = 20_000;
    private static final int RARE = 10;

    @TempDir
    Path directory;

    private RocksDbEventLog log;

    @BeforeEach
    void fill() {
        log = open(directory);
        for (int i = 0; i < RARE; i++) {
            append(log, notifications("others/", OTHERS / RARE));
            append(log, Notification.of("rare/" + i % 2, "rare " + i));
        }
    }

    private static Notification[] notifications(String prefix, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Notification.of(prefix + i % 700, "other"))
                .toArray(Notification[]::new);
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void aReplayOfOneTopicNeverTouchesTheEventsOfOthers() {
        assertReads(filter("rare/0"), RARE / 2, RARE / 2);
    }

    @Test
    void aReplayOfATopicThatHasNoEventsTouchesNone() {
        assertReads(filter("rare"), 0, 0);
        assertReads(filter("none/**"), 0, 0);
    }

    @Test
    void aReplayOfAFewTopicsBelowAPrefixTouchesOnlyTheirs() {
        assertReads(filter("rare/*"), RARE, RARE);
        assertReads(filter("rare/**"), RARE, RARE);
        Set<TopicSelector> both = Set.of(TopicPattern.of("rare/0"), TopicPattern.of("rare/*"));
        assertReads(new EventFilter(both, Set.of(TopicPattern.ALL)), RARE, RARE);
    }

    @Test
    void aReplayOfManyTopicsBelowAPrefixReadsAll() {
        assertReads(filter("others/**"), OTHERS, OTHERS + RARE);
        assertReads(filter("*/699"), RARE * (OTHERS / RARE / 700), OTHERS + RARE);
    }

    @Test
    void emptySegmentsAreSegments() {
        for (String topic : List.of("e", "e/", "e//x", "/", "/e", "//")) {
            append(log, Notification.of(topic, topic));
        }
        append(log, notifications("others/", 30));

        assertReads(filter("e/**"), 3, 3);
        assertReads(filter("e//**"), 2, 2);
        assertReads(filter("e/*"), 1, 1);
        assertReads(filter("e/"), 1, 1);
        assertReads(filter("/**"), 3, 3);
        assertReads(filter("//**"), 2, 2);
        assertReads(filter("/*"), 2, 2);
    }

    @Test
    void aSelectorOfAnotherKindTouchesOnlyItsTopics() {
        assertReads(selecting(template("rare/", "")), RARE, RARE);
        assertReads(selecting(template("rare/", "1")), RARE / 2, RARE / 2);
        assertReads(selecting(template("", "rare/1")), RARE / 2, OTHERS + RARE);
    }

    private static EventFilter selecting(TopicSelector selector) {
        return new EventFilter(Set.of(selector), Set.of(TopicPattern.ALL));
    }

    private static TopicSelector template(String prefix, String suffix) {
        return new TopicSelector() {
            @Override
            public String name() {
                return prefix + "{}" + suffix;
            }

            @Override
            public boolean matches(Topic topic) {
                return topic.name().startsWith(prefix) && topic.name().endsWith(suffix);
            }

            @Override
            public String literalPrefix() {
                return prefix;
            }

            @Override
            public boolean isExact() {
                return false;
            }

            @Override
            public boolean isAll() {
                return false;
            }
        };
    }

    @Test
    void theLongestTopicsAreFoundAndComeBackAsTheyWere() {
        String beginning = "\u4E2D".repeat(1021);
        List<Topic> topics = IntStream.range(10, 26)
                .mapToObj(i -> new Topic(beginning + "/" + i))
                .toList();
        append(log, new Notification(topics, "e", Data.text("longest"), false, null));
        append(log, notifications("others/", 30));

        for (String pattern : List.of(topics.get(15).name(), beginning + "/*", beginning + "/**")) {
            assertThat(events(log, filter(pattern)))
                    .singleElement()
                    .satisfies(event -> assertThat(event.topics()).isEqualTo(topics))
                    .satisfies(event -> assertThat(event.data()).isEqualTo(Data.text("longest")));
        }
    }

    private void assertReads(EventFilter filter, int found, int decoded) {
        long before = log.eventsDecoded();

        List<Event> events = events(log, filter);

        assertThat(events).hasSize(found).allMatch(filter::accepts);
        assertThat(log.eventsDecoded() - before).isEqualTo(decoded);
    }

    @Test
    void anEventOfSeveralTopicsIsReadOnce() {
        List<Topic> topics = List.of(new Topic("rare/0"), new Topic("rare/1"), new Topic("rare/2"));
        append(log, new Notification(topics, "e", Data.text("x"), false, null));
        append(log, notifications("others/", 30));

        assertThat(events(log, filter("rare/*"))).hasSize(RARE + 1);
    }

    @Test
    void whatNoGrantCoversIsNotRead() {
        EventFilter filter = new EventFilter(
                Set.of(TopicPattern.of("rare/0"), TopicPattern.of("rare/1")), Set.of(TopicPattern.of("rare/1")));

        assertReads(filter, RARE / 2, RARE);
    }

    @Test
    void aReadInVainEndsAndSaysHowFarItHasCome() {
        EventFilter nothing = new EventFilter(Set.of(TopicPattern.ALL), Set.of());

        Chunk chunk = log.read(nothing, log.beforeOldest(), new ReadLimits(1, 1));

        assertThat(chunk.events()).isEmpty();
        assertThat(chunk.headReached()).isFalse();
        assertThat(chunk.next().offset()).isEqualTo(10_000);
    }

    @Test
    void manyTopicsAreMergedInOrderInChunksOfAnySize() {
        Set<TopicSelector> patterns = Set.of(
                TopicPattern.of("others/1"),
                TopicPattern.of("others/2"),
                TopicPattern.of("others/69"),
                TopicPattern.of("rare/*"));
        EventFilter filter = new EventFilter(patterns, Set.of(TopicPattern.ALL));
        List<Event> all =
                events(log, EventFilter.ALL).stream().filter(filter::accepts).toList();
        for (int size : new int[] {1, 7, 1_000}) {
            assertThat(inChunks(filter, new ReadLimits(size, 1 << 20))).isEqualTo(all);
        }
    }

    private List<Event> inChunks(EventFilter filter, ReadLimits limits) {
        List<Event> events = new ArrayList<>();
        Chunk chunk = log.read(filter, log.beforeOldest(), limits);
        events.addAll(chunk.events());
        while (!chunk.headReached()) {
            chunk = log.read(filter, chunk.next(), limits);
            events.addAll(chunk.events());
        }
        return events;
    }
}
