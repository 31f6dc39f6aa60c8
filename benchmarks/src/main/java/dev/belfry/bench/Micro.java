package dev.belfry.bench;

import java.io.IOException;
import java.util.Collection;
import java.util.Locale;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** The parts by themselves, by JMH: the encoder, the index and the log. */
final class Micro implements Measurement {
    private static final int ITERATIONS = 3;

    @Override
    public String name() {
        return "micro";
    }

    @Override
    public Section measure(Effort effort) throws IOException {
        Section section = new Section(
                "Parts by themselves",
                "JMH, one fork of " + ITERATIONS
                        + " iterations of a second each, on the load's core: the encoder with an event"
                        + " of 256 bytes, the index with a third of its patterns of each kind, and the log on disk with fsync,"
                        + " 256 bytes each. Appends of 64 are the time of each while 64 are under way.");
        Samples times = section.table("Time for each", "ns");
        Options options = new OptionsBuilder()
                .include("dev\\.belfry\\..*Benchmark")
                .exclude("RemovalBenchmark") // it fills a log with a million events first, and is run by hand
                .forks(1)
                .warmupIterations(ITERATIONS)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(ITERATIONS)
                .measurementTime(TimeValue.seconds(1))
                .shouldFailOnError(true)
                .build();
        try {
            Collection<RunResult> results = new Runner(options).run();
            for (RunResult result : results) {
                boolean micros = result.getPrimaryResult().getScoreUnit().startsWith("us");
                times.add(title(result), result.getPrimaryResult().getScore() * (micros ? 1000 : 1));
            }
        } catch (RunnerException e) {
            throw new IOException("JMH failed: " + e.getMessage(), e);
        }
        return section;
    }

    private static String title(RunResult result) {
        String benchmark = result.getParams().getBenchmark().replaceAll("^.*\\.(\\w+)Benchmark\\.", "$1, ");
        StringBuilder title = new StringBuilder(benchmark);
        for (String key : result.getParams().getParamsKeys()) {
            title.append(", ").append(key).append(' ').append(result.getParams().getParam(key));
        }
        return title.substring(0, 1).toUpperCase(Locale.ROOT) + title.substring(1);
    }
}
