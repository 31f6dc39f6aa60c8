package dev.belfry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.AgeClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AgeClockTest {
    private static final Duration DAYS = Duration.ofDays(10);

    private final ManualClock clock = new ManualClock();
    private final long start = clock.millis();
    private final AgeClock ages = new AgeClock(clock);

    private void jump(Duration by, long head) {
        clock.set(clock.instant().plus(by));
        ages.look(head);
    }

    @Test
    void timeThatPassesMakesOlder() {
        clock.advance(DAYS);

        assertThat(ages.look(100)).isEqualTo(start + DAYS.toMillis());
        assertThat(ages.millisFor(1)).isEqualTo(start + DAYS.toMillis());
        assertThat(ages.isDoubtful()).isFalse();
    }

    @Test
    void aJumpForwardCountsForWhatIsWrittenBehindIt() {
        jump(DAYS, 100);

        assertThat(ages.millisFor(100)).isEqualTo(start);
        assertThat(ages.millisFor(101)).isEqualTo(start + DAYS.toMillis());
        clock.advance(Duration.ofHours(2));
        ages.look(150);
        assertThat(ages.millisFor(100)).isEqualTo(start + Duration.ofHours(2).toMillis());
    }

    @Test
    void jumpsAddUpAndOneBackTakesThemBack() {
        jump(DAYS, 100);
        jump(DAYS, 200);
        assertThat(ages.millisFor(100)).isEqualTo(start);
        assertThat(ages.millisFor(200)).isEqualTo(start + DAYS.toMillis());

        jump(DAYS.multipliedBy(-1).minusDays(3), 300);

        assertThat(ages.millisFor(100)).isEqualTo(start);
        assertThat(ages.millisFor(200)).isEqualTo(start + Duration.ofDays(7).toMillis());
    }

    @Test
    void manyJumpsAreNeverOlderThanTheTimeThatHasPassed() {
        for (int i = 1; i <= 100; i++) {
            jump(DAYS, i);
        }

        assertThat(ages.millisFor(1)).isLessThanOrEqualTo(start);
        assertThat(ages.millisFor(100)).isEqualTo(start + 99 * DAYS.toMillis());
    }

    @Test
    void aSmallStepIsNoJump() {
        jump(Duration.ofSeconds(59), 100);

        assertThat(ages.millisFor(100)).isEqualTo(start + 59_000);
    }

    @Test
    void theEndsOfEventsAreDoubtfulForAnHourAfterAJumpForward() {
        jump(DAYS, 100);
        assertThat(ages.isDoubtful()).isTrue();
        clock.advance(Duration.ofMinutes(59));
        ages.look(100);
        assertThat(ages.isDoubtful()).isTrue();
        clock.advance(Duration.ofMinutes(1));
        ages.look(100);
        assertThat(ages.isDoubtful()).isFalse();
        jump(DAYS, 100);
        jump(DAYS.multipliedBy(-2), 100);
        assertThat(ages.isDoubtful()).isFalse();
    }
}
