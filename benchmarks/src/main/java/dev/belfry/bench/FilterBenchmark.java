package dev.belfry.bench;

import dev.belfry.Data;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.EventTopics;
import dev.belfry.Notification;
import dev.belfry.Permissions;
import dev.belfry.Position;
import dev.belfry.Topic;
import dev.belfry.TopicPattern;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The worst filter that is allowed and an event of the worst topics, none of which matches. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FilterBenchmark {
    private final Set<TopicPattern> patterns = IntStream.range(0, 256)
            .mapToObj(i -> TopicPattern.of("**/a/a/a/a/" + (i % 2 == 0 ? "**/" : "*/") + "a/b" + i))
            .collect(Collectors.toSet());
    private final EventFilter filter = Permissions.OPEN.filter(patterns);
    private final Event event = new Event(
            new Position(1, 1),
            Instant.EPOCH,
            new Notification(Collections.nCopies(16, new Topic("a/".repeat(63) + "a")), "e", Data.EMPTY, false, null));
    private final EventTopics split = new EventTopics(event);

    /** One automaton, topics that are split already. */
    @Benchmark
    public boolean automaton() {
        return filter.accepts(split);
    }

    /** One automaton, and the topics split. */
    @Benchmark
    public boolean automatonAndSplit() {
        return filter.accepts(event);
    }

    /** Pattern by pattern, as it was before there was an automaton. */
    @Benchmark
    public boolean oneByOne() {
        List<Topic> topics = event.topics();
        for (TopicPattern pattern : patterns) {
            for (Topic topic : topics) {
                if (pattern.matches(topic)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Reducing it, as for each subscription. */
    @Benchmark
    public EventFilter make() {
        return Permissions.OPEN.filter(patterns);
    }
}
