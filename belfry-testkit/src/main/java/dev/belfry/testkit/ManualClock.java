package dev.belfry.testkit;

import dev.belfry.SteadyClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands still until a test moves it. Any thread may read and move it. */
public final class ManualClock extends SteadyClock {
    private volatile Instant now;
    private Duration passed = Duration.ZERO;

    /** Begins at the first second of 2026. */
    public ManualClock() {
        this(Instant.parse("2026-01-01T00:00:00Z"));
    }

    public ManualClock(Instant start) {
        now = start;
    }

    /** Lets time pass; sets the clock back when the duration is negative. */
    public synchronized void advance(Duration by) {
        now = now.plus(by);
        passed = by.isNegative() ? passed : passed.plus(by);
    }

    /** Sets it, as an administrator does: no time passes by that. */
    public synchronized void set(Instant time) {
        now = time;
    }

    @Override
    public synchronized Look look() {
        return new Look(now.toEpochMilli(), passed.toNanos());
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("nothing here depends on a zone");
    }
}
