package dev.belfry.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.BelfryException.LogUnusable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalysis;

class LogUnusableFailureAnalyzerTest {
    private static FailureAnalysis analyze(String message) {
        return new LogUnusableFailureAnalyzer().analyze(new IllegalStateException(new LogUnusable(message)));
    }

    @Test
    void aDirectoryThatCannotBeUsedWantsAnother() {
        FailureAnalysis analysis = analyze("the data directory /x is not writable");

        assertThat(analysis.getDescription()).isEqualTo("The data directory /x is not writable.");
        assertThat(analysis.getAction()).contains("belfry.log.directory");
    }

    @Test
    void aNativeLibraryThatHasNoPlaceWantsOne() {
        assertThat(analyze("name a directory with -Dbelfry.native.directory=DIR")
                        .getAction())
                .contains("-Dbelfry.native.directory=DIR")
                .doesNotContain("belfry.log.directory");
    }
}
