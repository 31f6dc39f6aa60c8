package dev.belfry.testkit;

import dev.belfry.SteadyClock;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A clock that does something when one thread next looks at it: so a test gets into the middle of what that thread does. */
public final class MeddlingClock extends SteadyClock {
    private final SteadyClock clock;
    private final Thread thread = Thread.currentThread();
    private final AtomicReference<@Nullable Runnable> meddling = new AtomicReference<>();

    public MeddlingClock(Clock clock) {
        this.clock = SteadyClock.of(clock);
    }

    /** What the thread that made this clock does when it looks at it next. */
    public void onNextLook(Runnable task) {
        meddling.set(task);
    }

    @Override
    public Instant instant() {
        Runnable task = Thread.currentThread() == thread ? meddling.getAndSet(null) : null;
        if (task != null) {
            task.run();
        }
        return clock.instant();
    }

    @Override
    public Look look() {
        return clock.look();
    }

    @Override
    public ZoneId getZone() {
        return clock.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("nothing here depends on a zone");
    }
}
