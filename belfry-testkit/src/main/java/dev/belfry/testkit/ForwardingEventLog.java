package dev.belfry.testkit;

import dev.belfry.Chunk;
import dev.belfry.CommitListener;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.LogStatus;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.ReadLimits;
import dev.belfry.Receipt;
import dev.belfry.Registration;
import dev.belfry.Topic;
import dev.belfry.TopicPage;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** A log that hands everything on to another, and counts how often it was read. Tests change what they need to. */
public class ForwardingEventLog implements EventLog {
    private final EventLog log;
    private final AtomicInteger reads = new AtomicInteger();

    public ForwardingEventLog(EventLog log) {
        this.log = log;
    }

    /** How many reads have ended. */
    public final int reads() {
        return reads.get();
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
    public Optional<Position> positionOf(String alias) {
        return log.positionOf(alias);
    }

    @Override
    public TopicPage topics(String prefix, Position before, ReadLimits limits) {
        return log.topics(prefix, before, limits);
    }

    @Override
    public Optional<Position> newestOf(Topic topic) {
        return log.newestOf(topic);
    }

    @Override
    public CompletableFuture<Long> delete(Topic topic) {
        return log.delete(topic);
    }

    @Override
    public Registration onCommit(CommitListener listener) {
        return log.onCommit(listener);
    }

    @Override
    public Clock clock() {
        return log.clock();
    }

    @Override
    public LogStatus status() {
        return log.status();
    }

    @Override
    public void close() {
        log.close();
    }
}
