package dev.belfry;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** A log that counts how often it is read. */
final class WatchedLog implements EventLog {
    final AtomicInteger reads = new AtomicInteger();
    private final EventLog log;

    WatchedLog(EventLog log) {
        this.log = log;
    }

    @Override
    public CompletableFuture<Receipt> append(Publication publication, Executor answers) {
        return log.append(publication, answers);
    }

    @Override
    public Chunk read(EventFilter filter, Position after, ReadLimits limits) {
        Chunk chunk = log.read(filter, after, limits);
        reads.incrementAndGet();
        return chunk;
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
    public void onCommit(CommitListener listener) {
        log.onCommit(listener);
    }

    @Override
    public void close() {
        log.close();
    }
}
