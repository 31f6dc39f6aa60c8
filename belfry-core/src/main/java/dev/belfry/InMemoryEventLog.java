package dev.belfry;

import dev.belfry.BelfryException.LogClosed;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * A log that is gone with its process: the reference for the others, and what an application runs on that has none of them.
 */
public final class InMemoryEventLog implements EventLog {
    private final LogSettings settings;
    private final InMemoryStore store;
    private final LogWriter writer;
    private volatile boolean closed;

    public InMemoryEventLog() {
        this(LogSettings.DEFAULT);
    }

    public InMemoryEventLog(LogSettings settings) {
        this(settings, () -> 0);
    }

    private InMemoryEventLog(LogSettings settings, LongSupplier holes) {
        this.settings = settings;
        store = new InMemoryStore(settings, holes);
        writer = new LogWriter("belfry-log", store, settings);
    }

    /** A log that leaves holes of 0 to 5 places in front of its events, as other logs do: for tests. */
    public static InMemoryEventLog withHoles(LogSettings settings, long seed) {
        Random random = new Random(seed);
        return new InMemoryEventLog(settings, () -> random.nextInt(6));
    }

    @Override
    public CompletableFuture<Receipt> append(Publication publication, Executor answers) {
        return writer.append(publication, answers);
    }

    @Override
    public Chunk read(EventFilter filter, Position after, ReadLimits limits) {
        checkOpen();
        return store.read(filter, after, limits);
    }

    private void checkOpen() {
        if (closed) {
            throw new LogClosed();
        }
    }

    @Override
    public Position head() {
        return store.head();
    }

    @Override
    public Position oldest() {
        return store.oldest();
    }

    @Override
    public long epoch() {
        return store.epoch();
    }

    @Override
    public Position positionAt(Instant time) {
        checkOpen();
        return store.positionAt(time);
    }

    @Override
    public Optional<Position> positionOf(String alias) {
        checkOpen();
        return store.positionOf(alias);
    }

    @Override
    public TopicPage topics(String prefix, Position before, ReadLimits limits) {
        checkOpen();
        return store.topics(prefix, before, limits);
    }

    @Override
    public Optional<Position> newestOf(Topic topic) {
        checkOpen();
        return store.newestOf(topic);
    }

    @Override
    public CompletableFuture<Long> delete(Topic topic) {
        return writer.delete(topic);
    }

    @Override
    public Registration onCommit(CommitListener listener) {
        return writer.onCommit(listener);
    }

    @Override
    public Clock clock() {
        return settings.clock();
    }

    @Override
    public LogStatus status() {
        return writer.status();
    }

    @Override
    public void close() {
        writer.close();
        closed = true;
    }
}
