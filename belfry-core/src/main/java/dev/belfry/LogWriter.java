package dev.belfry;

import dev.belfry.BelfryException.IdempotencyConflict;
import dev.belfry.BelfryException.LogClosed;
import dev.belfry.BelfryException.LogFull;
import dev.belfry.BelfryException.LogStorage;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes a log, and the bounded queue in front of it.
 *
 * <p>Group commit: what has queued up while one write was under way goes into the next, so that one sync answers many
 * publishers. The thread gives positions, writes, tells the listeners, and answers, in this order.
 */
public final class LogWriter implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LogWriter.class);
    private static final long IDLE_MILLIS = 500;

    private final LogStore store;
    private final LogSettings settings;
    private final PendingQueue queue;
    private final List<Entry> listeners = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private @Nullable String trimFailure;
    private long trimFailureNanos;
    private volatile boolean closing;
    private volatile boolean closed;

    /** Why the last write failed; null when it worked. Set by the writer thread alone. */
    private volatile @Nullable BelfryException failure;

    /** Starts the thread, a daemon with the given name. */
    public LogWriter(String threadName, LogStore store, LogSettings settings) {
        this.store = store;
        this.settings = settings;
        queue = new PendingQueue(settings);
        thread = new Thread(this::run, threadName);
        thread.setDaemon(true);
        thread.start();
    }

    /** As {@link EventLog#append(Publication, Executor)}. */
    public CompletableFuture<Receipt> append(Publication publication, Executor answers) {
        if (closing) {
            return refused(new LogClosed());
        }
        Pending pending = Pending.of(publication, answers);
        if (!queue.add(pending)) {
            return refused(new LogFull());
        }
        if (closed && queue.remove(pending)) {
            return refused(new LogClosed());
        }
        return pending.receipt();
    }

    private CompletableFuture<Receipt> refused(BelfryException why) {
        tell(listener -> listener.refused(why.code()));
        return CompletableFuture.failedFuture(why);
    }

    /** As {@link EventLog#onCommit}. */
    public Registration onCommit(CommitListener listener) {
        Entry entry = new Entry(listener);
        listeners.add(entry);
        return () -> listeners.remove(entry);
    }

    /** Told apart by identity, for the same listener may be added twice. */
    private static final class Entry {
        final CommitListener listener;

        Entry(CommitListener listener) {
            this.listener = listener;
        }
    }

    /** As {@link EventLog#status}. */
    public LogStatus status() {
        BelfryException why = failure;
        return new LogStatus(
                why == null && !closing && !closed,
                why instanceof LogStorage storage && storage.outOfSpace(),
                closing || closed,
                store.keptBytes(),
                store.keptEvents(),
                queue.events(),
                queue.bytes(),
                store.damagedEvents(),
                store.head());
    }

    private void run() {
        long waitMillis = IDLE_MILLIS;
        try {
            while (!closing || !queue.isEmpty()) {
                List<Pending> group = queue.takeGroup(closing ? 0 : waitMillis);
                if (!group.isEmpty()) {
                    commit(group);
                } else if (failure != null) {
                    recover();
                }
                waitMillis = trim();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closed = true;
            refuse(queue.drain(), new LogClosed());
        }
    }

    private void commit(List<Pending> pendings) {
        long beganNanos = System.nanoTime();
        CompletionBatch completions = new CompletionBatch();
        CommitGroup group;
        List<Event> events;
        try {
            group = new CommitGroup(store, settings.idempotencyWindow(), time());
            for (Pending pending : pendings) {
                pending.add(group, completions);
            }
            // whatever can fail comes before the write: behind it, the events are there
            events = List.copyOf(group.events());
            if (!events.isEmpty()) {
                store.write(group);
                failure = null;
            }
        } catch (RuntimeException | Error e) {
            // an Error too: without this thread nothing would be written and nobody answered any more
            failed(pendings, e);
            return;
        }
        report(group, pendings, beganNanos);
        if (!events.isEmpty()) {
            tellListeners(events);
        }
        completions.complete();
    }

    private void report(CommitGroup group, List<Pending> pendings, long beganNanos) {
        long nowNanos = System.nanoTime();
        tell(listener -> {
            if (!group.events().isEmpty()) {
                listener.committed(new LogListener.Commit(
                        group.publications(),
                        group.events().size(),
                        pendings.stream().mapToLong(Pending::bytes).sum(),
                        Duration.ofNanos(nowNanos - beganNanos),
                        Duration.ofNanos(beganNanos - pendings.get(0).sinceNanos())));
            }
            for (int i = 0; i < group.conflicts(); i++) {
                listener.refused(IdempotencyConflict.CODE);
            }
        });
    }

    private void failed(List<Pending> pendings, Throwable e) {
        BelfryException why = e instanceof BelfryException known ? known : new LogStorage(false, e);
        logFailureOnce(why);
        failure = why;
        tell(listener -> listener.writeFailed(why.code()));
        refuse(pendings, why);
    }

    private static void refuse(List<Pending> pendings, BelfryException why) {
        CompletionBatch completions = new CompletionBatch();
        pendings.forEach(pending -> pending.fail(why, completions));
        completions.complete();
    }

    /** Once for each cause: a full disk refuses every publication until there is room. */
    private void logFailureOnce(BelfryException why) {
        BelfryException before = failure;
        if (before == null || !cause(why).equals(cause(before))) {
            log.error("write failed code={} cause={}", why.code(), cause(why));
        }
    }

    private void recover() {
        try {
            if (store.recover()) {
                failure = null;
            }
        } catch (RuntimeException | Error e) {
            log.warn("recovery failed cause={}", e.toString());
        }
    }

    /** Never behind the newest event, though the machine's clock may be set back. */
    private Instant time() {
        Instant now = settings.clock().instant().truncatedTo(ChronoUnit.MILLIS);
        return now.isBefore(store.lastTime()) ? store.lastTime() : now;
    }

    private void tellListeners(List<Event> events) {
        for (Entry entry : listeners) {
            try {
                entry.listener.committed(events);
            } catch (RuntimeException | Error e) {
                log.error("commit listener failed first={}", events.get(0).position(), e);
            }
        }
    }

    private void tell(Consumer<LogListener> report) {
        try {
            report.accept(settings.listener());
        } catch (RuntimeException | Error e) {
            log.debug("log listener failed cause={}", e.toString());
        }
    }

    private long trim() {
        try {
            return Math.min(IDLE_MILLIS, store.trim());
        } catch (RuntimeException | Error e) {
            logTrimFailureOnce(cause(e));
            return IDLE_MILLIS;
        }
    }

    /** Once a minute for each cause, for it is tried again behind each publication. */
    private void logTrimFailureOnce(String cause) {
        long now = System.nanoTime();
        if (!cause.equals(trimFailure) || now - trimFailureNanos > TimeUnit.MINUTES.toNanos(1)) {
            trimFailure = cause;
            trimFailureNanos = now;
            log.warn("trimming failed cause={}", cause);
        }
    }

    private static String cause(Throwable e) {
        return String.valueOf(e.getCause() == null ? e : e.getCause());
    }

    /** Refuses what comes from now on, writes what came before, and closes the storage. Closing again does nothing. */
    @Override
    public void close() {
        synchronized (this) {
            if (closing) {
                return;
            }
            closing = true;
        }
        queue.wake();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        store.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
