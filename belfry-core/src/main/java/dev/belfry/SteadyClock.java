package dev.belfry;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;

/** A clock that also tells how much time has passed, whatever somebody sets it to. */
public abstract class SteadyClock extends Clock {
    /**
     * One look at it.
     *
     * @param millis the clock's time
     * @param nanos since some moment; never falls, and does not jump
     */
    public record Look(long millis, long nanos) {}

    /** Both times, of one moment. */
    public abstract Look look();

    /** The clock itself if it is steady, else with the process's own {@link System#nanoTime()} beside it. */
    public static SteadyClock of(Clock clock) {
        return clock instanceof SteadyClock steady ? steady : new Beside(clock);
    }

    private static final class Beside extends SteadyClock {
        private final Clock clock;

        Beside(Clock clock) {
            this.clock = clock;
        }

        @Override
        public Look look() {
            return new Look(clock.millis(), System.nanoTime());
        }

        @Override
        public Instant instant() {
            return clock.instant();
        }

        @Override
        public long millis() {
            return clock.millis();
        }

        @Override
        public ZoneId getZone() {
            return clock.getZone();
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return new Beside(clock.withZone(zone));
        }
    }
}
