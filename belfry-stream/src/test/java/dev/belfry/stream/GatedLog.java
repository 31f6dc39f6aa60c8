package dev.belfry.stream;

import dev.belfry.Chunk;
import dev.belfry.CommitListener;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.InMemoryEventLog;
import dev.belfry.Position;
import dev.belfry.ReadLimits;
import dev.belfry.Registration;
import dev.belfry.testkit.ForwardingEventLog;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A log in memory whose reads can be held up, once they have read, and whose events can be spoiled. */
final class GatedLog extends ForwardingEventLog {
    private final Semaphore gate = new Semaphore(1 << 29);
    final AtomicInteger waiting = new AtomicInteger();

    /** What listeners are given in place of an event. */
    volatile UnaryOperator<Event> spoil = event -> event;

    GatedLog() {
        super(new InMemoryEventLog());
    }

    void shut() {
        gate.drainPermits();
    }

    void open() {
        gate.release(1 << 29);
    }

    @Override
    public Chunk read(EventFilter filter, Position after, ReadLimits limits) {
        Chunk chunk = super.read(filter, after, limits);
        waiting.incrementAndGet();
        gate.acquireUninterruptibly();
        waiting.decrementAndGet();
        return chunk;
    }

    @Override
    public Registration onCommit(CommitListener listener) {
        return super.onCommit(
                events -> listener.committed(events.stream().map(spoil).toList()));
    }
}
