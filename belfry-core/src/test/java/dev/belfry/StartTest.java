package dev.belfry;

import static dev.belfry.NotificationTest.assertInvalid;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartTest {
    @Test
    void isAWordAnIdOrATime() {
        assertThat(Start.parse("earliest")).isEqualTo(Start.EARLIEST);
        assertThat(Start.parse("now")).isEqualTo(Start.NOW);
        assertThat(Start.parse("zz-42")).isEqualTo(new Start.After(Position.parse("zz-42")));
        assertThat(Start.parse("now-0")).isEqualTo(new Start.After(Position.parse("now-0")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-22T10:00:00Z",
                "2026-11-22T10:00:00.000Z",
                "2026-11-22T12:00:00+02:00",
                "2026-11-22T10:00Z",
                "2026-11-22T04:30:00-05:30"
            })
    void aTimeHasItsZone(String time) {
        assertThat(Start.parse(time)).isEqualTo(new Start.Since(Instant.parse("2026-11-22T10:00:00Z")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "Earliest",
                "EARLIEST",
                "now ",
                "latest",
                "0",
                "-1",
                "T",
                "xT",
                "2026-11-22",
                "2026-11-22T10:00:00",
                "2026-11-22 10:00:00Z",
                "2026-13-22T10:00:00Z",
                "2026-11-22T25:00:00Z",
                "2026-11-22t10:00:00",
                "2026-11-22T10:00:00Z[UTC]",
                "1795341600",
                "1-1T",
                "\n",
                "$",
                "ZZ-1",
                "99999999999-01-01T00:00:00Z"
            })
    void anythingElseIsRefused(String cursor) {
        assertInvalid("invalid-cursor", () -> Start.parse(cursor));
    }

    @Test
    void longTextIsRefused() {
        assertInvalid("invalid-cursor", () -> Start.parse("T".repeat(10_240)));
        assertInvalid("invalid-cursor", () -> Start.parse("1".repeat(10_240)));
        assertInvalid("invalid-cursor", () -> Start.parse("2026-11-22T10:00:00." + "0".repeat(10_240) + "Z"));
    }
}
