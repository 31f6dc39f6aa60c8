package dev.belfry;

import dev.belfry.BelfryException.LogStorage;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How late it is for an event's age: the clock, less what it has jumped forward since the event was written. So a clock that is
 * set ten days ahead makes nothing ten days older, while this process runs. Owned by the log's writer thread.
 *
 * <p>A jump is what the clock has moved beyond the time that has really passed, a minute or more. One back takes back those
 * forward. A machine that slept looks like a jump too; then events stay longer, never shorter.
 */
public final class AgeClock {
    private static final Logger log = LoggerFactory.getLogger(AgeClock.class);
    private static final long JUMP_MILLIS = TimeUnit.MINUTES.toMillis(1);
    private static final long HOLD_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final int MAX_JUMPS = 16;

    private final SteadyClock clock;
    private final Deque<Jump> newestFirst = new ArrayDeque<>();
    private SteadyClock.Look last;
    private long jumpedNanos;

    /** Events up to the head were there when the clock jumped. */
    private record Jump(long head, long millis) {}

    public AgeClock(Clock clock) {
        this.clock = SteadyClock.of(clock);
        last = this.clock.look();
    }

    /** Looks at the clock; what has jumped since the last look came behind the event at {@code head}. Returns its time. */
    public long look(long head) {
        SteadyClock.Look now = clock.look();
        long jumped = now.millis() - last.millis() - TimeUnit.NANOSECONDS.toMillis(now.nanos() - last.nanos());
        last = now;
        if (Math.abs(jumped) >= JUMP_MILLIS) {
            log.warn("the clock has jumped by={}, what is kept grows no older by it", Duration.ofMillis(jumped));
            jumpedNanos = now.nanos();
            if (jumped > 0) {
                forward(new Jump(head, jumped));
            } else {
                back(-jumped);
            }
        }
        return now.millis();
    }

    /**
     * Looks before a group is written, so that a jump is known to be in front of it, or behind it when it got its time before.
     *
     * @throws LogStorage when it cannot; the group is not to be written then
     */
    public void lookBefore(CommitGroup group, long head) {
        try {
            long stamped = group.events().get(0).time().toEpochMilli();
            look(clock.millis() - stamped >= JUMP_MILLIS ? group.newHead() : head);
        } catch (RuntimeException | Error e) {
            throw new LogStorage(false, e);
        }
    }

    private void forward(Jump jump) {
        newestFirst.addFirst(jump);
        if (newestFirst.size() > MAX_JUMPS) {
            Jump oldest = newestFirst.removeLast();
            Jump next = newestFirst.removeLast();
            newestFirst.addLast(new Jump(next.head, next.millis + oldest.millis));
        }
    }

    private void back(long millis) {
        long left = millis;
        while (left > 0 && !newestFirst.isEmpty()) {
            Jump newest = newestFirst.removeFirst();
            if (newest.millis > left) {
                newestFirst.addFirst(new Jump(newest.head, newest.millis - left));
            }
            left -= newest.millis;
        }
    }

    /** The time by which the age of the event at an offset counts, as of the last look. */
    public long millisFor(long offset) {
        long millis = last.millis();
        for (Jump jump : newestFirst) {
            if (jump.head < offset) {
                break;
            }
            millis -= jump.millis;
        }
        return millis;
    }

    /**
     * Whether the clock has jumped forward within the last hour. Then nothing is deleted because its own time is over: should
     * the clock be set right again, it still is there.
     */
    public boolean isDoubtful() {
        return !newestFirst.isEmpty() && last.nanos() - jumpedNanos < HOLD_NANOS;
    }
}
