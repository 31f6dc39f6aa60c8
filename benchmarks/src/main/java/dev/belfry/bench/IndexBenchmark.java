package dev.belfry.bench;

import dev.belfry.SelectorIndex;
import dev.belfry.Topic;
import dev.belfry.TopicPattern;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A topic against a shard's index, in which one pattern of each kind matches it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class IndexBenchmark {
    /** How many patterns there are. */
    @Param({"1000", "100000"})
    public int patterns;

    private final SelectorIndex<Integer> index = new SelectorIndex<>();
    private final Topic topic = new Topic("orders/42/lines");
    private int found;

    /** One in three is exact, one ends in a star, one in two. */
    @Setup
    public void fill() {
        for (int i = 0; i < patterns / 3; i++) {
            index.add(TopicPattern.of("orders/" + i + "/lines"), i);
            index.add(TopicPattern.of("orders/" + i + "/*"), i);
            index.add(TopicPattern.of("orders/" + i + "/**"), i);
        }
    }

    /** Finds three. */
    @Benchmark
    public int match() {
        found = 0;
        index.match(topic, i -> found += i);
        return found;
    }
}
