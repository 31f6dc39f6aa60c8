package dev.belfry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

class RareLineTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final Recorder recorder = new Recorder();
    private final RareLine line = new RareLine(recorder, Level.WARN, nanos::get);

    private void pass(long millis) {
        nanos.addAndGet(Duration.ofMillis(millis).toNanos());
    }

    @Test
    void thereIsOneASecondWithACountOfWhatWasLeftOut() {
        line.log("full max={}", 1);
        line.log("full max={}", 2);
        pass(999);
        line.log("full max={}", 3);
        pass(1);
        line.log("full max={}", 4);
        pass(1000);
        line.log("full max={}", 5);

        assertThat(recorder.lines)
                .containsExactly("WARN full max=1 leftOut=0", "WARN full max=4 leftOut=2", "WARN full max=5 leftOut=0");
    }

    @Test
    void threadsAtOnceWriteOne() {
        IntStream.range(0, 10_000).parallel().forEach(i -> line.log("full"));
        pass(1000);
        line.log("full");

        assertThat(recorder.lines).containsExactly("WARN full leftOut=0", "WARN full leftOut=9999");
    }

    @Test
    void aValueIsAskedForWhenItIsWritten() {
        AtomicLong asked = new AtomicLong();
        for (int i = 0; i < 3; i++) {
            line.log("failed at={}", (Supplier<Long>) asked::incrementAndGet);
        }

        assertThat(recorder.lines).containsExactly("WARN failed at=1 leftOut=0");
        assertThat(asked).hasValue(1);
    }

    private static final class Recorder extends LegacyAbstractLogger {
        private static final long serialVersionUID = 1L;

        private final transient List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        protected @Nullable String getFullyQualifiedCallerName() {
            return null;
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level level, Marker marker, String format, Object[] arguments, @Nullable Throwable trace) {
            String text = MessageFormatter.basicArrayFormat(format, arguments);
            assertThat(trace).isNull();
            lines.add(level + " " + text);
        }

        @Override
        public boolean isTraceEnabled() {
            return false;
        }

        @Override
        public boolean isDebugEnabled() {
            return false;
        }

        @Override
        public boolean isInfoEnabled() {
            return false;
        }

        @Override
        public boolean isWarnEnabled() {
            return true;
        }

        @Override
        public boolean isErrorEnabled() {
            return true;
        }
    }
}
