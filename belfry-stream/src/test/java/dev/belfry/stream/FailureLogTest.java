package dev.belfry.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class FailureLogTest {
    private final FailureLog failures = new FailureLog();
    private final AtomicInteger lines = new AtomicInteger();

    /** Its message is asked for by each line, and by nothing else. */
    private final Exception failure = new Exception() {
        @Override
        public String getMessage() {
            return "line " + lines.incrementAndGet();
        }
    };

    private void warn(String what) {
        failures.warn(what, "here", failure);
    }

    @Test
    void failuresOfAllStreamsAtOnceWriteOneLineASecond() {
        long began = System.nanoTime();
        warn("all failed");
        assertThat(lines).hasValue(1);
        IntStream.range(0, 10_000).parallel().forEach(i -> new FailureLog().warn("all failed", i, failure));
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
        assertThat(lines.get()).isBetween(1, 1 + (int) seconds);
    }

    @Test
    void theNextSecondHasItsLine() {
        Awaitility.with().pollInterval(Duration.ofMillis(20)).until(() -> {
            warn("one failed");
            return lines.get() == 2;
        });
    }

    @Test
    void anotherFailureHasALineOfItsOwn() {
        warn("a failed");
        warn("b failed");

        assertThat(lines).hasValue(2);
    }
}
