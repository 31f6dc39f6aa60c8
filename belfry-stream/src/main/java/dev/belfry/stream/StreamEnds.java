package dev.belfry.stream;

import dev.belfry.wire.EndReason;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends streams when their time is over, within half a second of it and whatever they do: a clock that runs while a subscriber has an
 * end. Those that end together do so in turns. Owned by the shard's event loop.
 */
final class StreamEnds {
    private static final long TICK_MILLIS = 200;

    /** So many take about a millisecond. */
    private static final int TURN_ENDS = 32;

    private final EventLoop loop;
    private final HeartbeatWheel wheel;
    private final StreamTimes times;
    private final FailureLog failures;
    private final ArrayDeque<Subscriber> due = new ArrayDeque<>();
    private @Nullable ScheduledFuture<?> clock;

    StreamEnds(EventLoop loop, HeartbeatWheel wheel, StreamTimes times, FailureLog failures) {
        this.loop = loop;
        this.wheel = wheel;
        this.times = times;
        this.failures = failures;
    }

    /** Takes note of when a subscriber ends, instead of what was noted before. */
    void note(Subscriber subscriber) {
        int end = times.endOf(subscriber);
        wheel.endsAt(subscriber, end);
        if (end != StreamTimes.NEVER && clock == null) {
            clock = loop.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** An error here would end the clock, and streams would outlive their tokens. */
    private void tick() {
        try {
            boolean isUnderWay = !due.isEmpty();
            wheel.takeDue(times.now(), due::add);
            if (!isUnderWay) {
                endSome();
            }
        } catch (Throwable e) {
            failures.warn("streams not ended, the clock tries again", "ends", e);
        }
    }

    private void endSome() {
        try {
            for (int i = 0; i < TURN_ENDS && !due.isEmpty(); i++) {
                end(due.remove());
            }
        } finally {
            if (!due.isEmpty()) {
                loop.schedule(this::endSome, 0, TimeUnit.NANOSECONDS);
            }
        }
    }

    /** A new token may have come meanwhile. */
    private void end(Subscriber subscriber) {
        if (subscriber.hasLeft()) {
            return;
        }
        EndReason reason = times.dueReason(subscriber);
        if (reason == null) {
            note(subscriber);
            return;
        }
        try {
            subscriber.end(reason);
        } catch (Throwable e) {
            subscriber.breakOff(e);
        }
    }

    boolean isEmpty() {
        return due.isEmpty() && clock == null;
    }

    /** The last subscriber has gone. */
    void clear() {
        due.clear();
        if (clock != null) {
            clock.cancel(false);
            clock = null;
        }
    }
}
