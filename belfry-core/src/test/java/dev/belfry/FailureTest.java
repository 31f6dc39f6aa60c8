package dev.belfry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FailureTest {
    @Test
    void itIsOneLineThatSaysWhatAndWhereAndNothingOfTheMessages() {
        Exception error = new IllegalStateException("SECRET\nline", new NumberFormatException("For input: SECRET"));

        assertThat(new Failure(error).toString())
                .startsWith("java.lang.IllegalStateException at FailureTest."
                        + "itIsOneLineThatSaysWhatAndWhereAndNothingOfTheMessages:")
                .contains(" < ")
                .contains(" caused by java.lang.NumberFormatException at FailureTest.")
                .doesNotContain("SECRET")
                .doesNotContain("\n");
    }

    @Test
    void aChainWithoutAnEndIsCutOff() {
        Exception error = new IllegalStateException();
        Exception cause = new IllegalStateException(error);
        error.initCause(cause);

        assertThat(new Failure(error).toString().split(" caused by ", -1)).hasSizeLessThan(6);
    }

    @Test
    void withoutATraceItIsTheClass() {
        assertThat(new Failure(new BelfryException.LogClosed()).toString()).startsWith(BelfryException.class.getName());
    }
}
