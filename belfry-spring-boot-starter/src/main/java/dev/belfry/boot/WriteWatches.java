package dev.belfry.boot;

import dev.belfry.stream.MemoryBudget;
import dev.belfry.stream.MemoryBudget.Use;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Looks at the channels in which something waits for a client, once a second, and so costs nothing while nothing waits. */
final class WriteWatches {
    private static final long MOST_MILLIS = 1000;
    private static final int LOOKS_IN_A_STALL = 4;

    private final long stallNanos;
    private final MemoryBudget budget;
    private final Map<EventLoop, OfLoop> byLoop = new ConcurrentHashMap<>();

    /** @param stall how long a client may take nothing, while there is room */
    WriteWatches(Duration stall, MemoryBudget budget) {
        stallNanos = stall.toNanos();
        this.budget = budget;
    }

    /** That of an event loop, and called on it. */
    OfLoop of(EventLoop loop) {
        return byLoop.computeIfAbsent(loop, OfLoop::new);
    }

    private long stallNanos() {
        return budget.stallNanos(Use.ANSWERS, budget.stallNanos(Use.LARGE_ANSWERS, stallNanos));
    }

    /** The channels of one event loop, which owns it. */
    final class OfLoop {
        private final EventLoop loop;
        private final Set<WriteWatch> waiting = new HashSet<>();
        private @Nullable ScheduledFuture<?> clock;

        private OfLoop(EventLoop loop) {
            this.loop = loop;
        }

        void add(WriteWatch watch) {
            waiting.add(watch);
            if (clock == null) {
                long stallMillis = TimeUnit.NANOSECONDS.toMillis(stallNanos);
                long everyMillis = Math.max(1, Math.min(MOST_MILLIS, stallMillis / LOOKS_IN_A_STALL));
                clock = loop.scheduleWithFixedDelay(this::look, everyMillis, everyMillis, TimeUnit.MILLISECONDS);
            }
        }

        void remove(WriteWatch watch) {
            waiting.remove(watch);
        }

        private void look() {
            long now = System.nanoTime();
            long stall = stallNanos();
            // who is cut off leaves the set meanwhile
            List.copyOf(waiting).forEach(watch -> watch.look(now, stall));
            if (waiting.isEmpty() && clock != null) {
                clock.cancel(false);
                clock = null;
            }
        }
    }
}
