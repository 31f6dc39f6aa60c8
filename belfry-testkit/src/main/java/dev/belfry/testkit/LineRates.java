package dev.belfry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rule for lines that strangers cause: at most one a second for each cause, the first included. */
public final class LineRates {
    /** Clocks are read before the line's own, and one line may begin a second. */
    private static final long MARGIN_MILLIS = 50;

    private final Map<String, List<Instant>> byCause = new LinkedHashMap<>();

    /** Adds a line: what it says without its values, and when it was written. */
    public void add(String cause, Instant when) {
        byCause.computeIfAbsent(cause, c -> new ArrayList<>()).add(when);
    }

    /** Fails on two lines of a cause within a second. */
    public void assertRare() {
        byCause.forEach((cause, lines) -> {
            for (int i = 1; i < lines.size(); i++) {
                assertThat(lines.get(i))
                        .as("two lines within a second: %s", cause)
                        .isAfterOrEqualTo(lines.get(i - 1).plusMillis(1000 - MARGIN_MILLIS));
            }
        });
    }

    /** What was written. */
    public Map<String, List<Instant>> lines() {
        return byCause;
    }
}
