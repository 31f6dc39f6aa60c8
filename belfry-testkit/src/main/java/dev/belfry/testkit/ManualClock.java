package dev.belfry.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands still until a test moves it. Any thread may read and move it. */
public final class ManualClock extends Clock {
    private volatile Instant now;

    /** Begins at the first second of 2026. */
    public ManualClock() {
        this(Instant.parse("2026-01-01T00:00:00Z"));
    }

    public ManualClock(Instant start) {
        now = start;
    }

    /** Moves it on, or back when the duration is negative. */
    public synchronized void advance(Duration by) {
        now = now.plus(by);
    }

    /** Sets it, as an administrator does. */
    public synchronized void set(Instant time) {
        now = time;
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
