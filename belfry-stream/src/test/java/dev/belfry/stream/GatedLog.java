package dev.belfry.stream;

import dev.belfry.Chunk;
import dev.belfry.CommitListener;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.InMemoryEventLog;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.ReadLimits;
import dev.belfry.Receipt;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A log in memory whose reads can be held up, once they have read, and whose events can be spoiled. */
final class GatedLog implements EventLog {
    private final EventLog log = new InMemoryEventLog();
    private final Semaphore gate = new Semaphore(1 << 29);
    final AtomicInteger waiting = new AtomicInteger();
    final AtomicInteger reads = new AtomicInteger();

    /** What listeners are given in place of an event. */
    volatile UnaryOperator<Event> spoil = event -> event;

    void shut() {
        gate.drainPermits();
    }

    void open() {
        gate.release(1 << 29);
    }

    @Override
    public Chunk read(EventFilter filter, Position after, ReadLimits limits) {
        Chunk chunk = log.read(filter, after, limits);
        reads.incrementAndGet();
        waiting.incrementAndGet();
        gate.acquireUninterruptibly();
        waiting.decrementAndGet();
        return chunk;
    }

    @Override
    public void onCommit(CommitListener listener) {
        log.onCommit(events -> listener.committed(events.stream().map(spoil).toList()));
    }

    @Override
    public CompletableFuture<Receipt> append(Publication publication, Executor answers) {
        return log.append(publication, answers);
    }

    @Override
    public Position head() {
        return log.head();
    }

    @Override
    public Position oldest() {
        return log.oldest();
    }

    @Override
    public long epoch() {
        return log.epoch();
    }

    @Override
    public Position positionAt(Instant time) {
        return log.positionAt(time);
    }

    @Override
    public void close() {
        log.close();
    }
}
