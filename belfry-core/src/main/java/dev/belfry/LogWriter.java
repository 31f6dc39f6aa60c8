package dev.belfry;

import dev.belfry.BelfryException.IdempotencyConflict;
import dev.belfry.BelfryException.LogClosed;
import dev.belfry.BelfryException.LogFull;
import dev.belfry.BelfryException.LogStorage;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes a log, and the bounded queue in front of it.
 *
 * <p>Group commit: what has queued up while one write was under way goes into the next, so that one sync answers many
 * publishers. The thread gives positions, writes, tells the listeners, and answers, in this order.
 *
 * <p>The thread outlives every error whose consequences are known, the lack of memory among them: before a write nothing has
 * happened, and behind it nothing that may fail is allowed to keep a listener from being told or a publisher from being
 * answered. When the storage throws what it does not say it would, nobody knows what was written: that is fatal.
 */
public final class LogWriter implements AutoCloseable {
    private static final long IDLE_MILLIS = 500;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** For when there is no memory to make one. */
    private final LogStorage noMemory = new LogStorage(false, new OutOfMemoryError("no memory to say more"));

    private final LogStore store;
    private final LogSettings settings;
    private final FatalError fatal;
    private final PendingQueue queue;
    private final Deletions deletions = new Deletions();
    private final Thread thread;
    private final CommitListeners listeners = new CommitListeners();
    private final WriterReports reports;
    private long waitMillis = IDLE_MILLIS;
    private volatile boolean closing;
    private volatile boolean closed;

    /** Why the last write failed; null when it worked. Set by the writer thread alone. */
    private volatile @Nullable BelfryException failure;

    /** What is being committed; owned by the writer thread. */
    private final List<Pending> group = new ArrayList<>(PendingQueue.MAX_GROUP_EVENTS);

    /** Starts the thread, a daemon with the given name. */
    public LogWriter(String threadName, LogStore store, LogSettings settings) {
        this.store = store;
        this.settings = settings;
        fatal = new FatalError(settings.fatalErrors());
        reports = new WriterReports(settings.listener());
        queue = new PendingQueue(settings);
        thread = new Thread(this::run, threadName);
        thread.setDaemon(true);
        thread.start();
    }

    /** As {@link EventLog#append(Publication, Executor)}. */
    public CompletableFuture<Receipt> append(Publication publication, Executor answers) {
        if (closing) {
            return refused(whyClosed());
        }
        Pending pending = Pending.of(publication, answers);
        if (!queue.add(pending)) {
            return refused(new LogFull());
        }
        if (closed && queue.remove(pending)) {
            return refused(whyClosed());
        }
        return pending.receipt();
    }

    private BelfryException whyClosed() {
        BelfryException why = failure;
        return fatal.hasFailed() && why != null ? why : new LogClosed();
    }

    private <T> CompletableFuture<T> refused(BelfryException why) {
        reports.refused(why.code());
        return CompletableFuture.failedFuture(why);
    }

    /** As {@link EventLog#delete}. */
    public CompletableFuture<Long> delete(Topic topic) {
        if (closing) {
            return refused(whyClosed());
        }
        CompletableFuture<Long> done = deletions.add(topic);
        queue.wake();
        if (closed) {
            deletions.refuse(whyClosed());
        }
        return done;
    }

    /** As {@link EventLog#onCommit}. */
    public Registration onCommit(CommitListener listener) {
        return listeners.add(listener);
    }

    /** As {@link EventLog#status}. */
    public LogStatus status() {
        BelfryException why = failure;
        return new LogStatus(
                why == null && !closing && !closed && !fatal.hasFailed(),
                why instanceof LogStorage storage && storage.outOfSpace(),
                closing || closed,
                fatal.hasFailed(),
                store.keptBytes(),
                store.keptEvents(),
                queue.events(),
                queue.bytes(),
                store.damagedEvents(),
                store.head());
    }

    // ---- the writer thread

    private void run() {
        try {
            while (!closing || !queue.isEmpty()) {
                work();
            }
        } catch (Throwable e) {
            failure = asFailure(e);
            fatal.failed("log writer", e);
        } finally {
            closed = true;
            refuse(group, whyClosed());
            refuse(queue.drain(), whyClosed());
            deletions.refuse(whyClosed());
        }
    }

    private void work() {
        takeGroup();
        if (!group.isEmpty()) {
            commit();
            group.clear();
        } else if (failure != null) {
            recover();
        }
        trim();
        delete();
    }

    /** Behind what was published, which waits for a part of it at most. */
    private void delete() {
        if (!deletions.isEmpty()) {
            Throwable failed = deletions.proceed(store);
            if (failed != null) {
                reports.warn("deleting failed", failed);
            }
            waitMillis = deletions.isEmpty() ? waitMillis : 0;
        }
    }

    /** What was taken before an error is in the group. */
    private void takeGroup() {
        try {
            queue.takeGroup(group, closing ? 0 : waitMillis);
        } catch (InterruptedException e) {
            // nobody has a reason to: a log that is not written any more helps no one
        } catch (RuntimeException | Error e) {
            reports.warn("taking publications failed", e);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void commit() {
        long beganNanos = System.nanoTime();
        CompletionBatch completions;
        CommitGroup commit;
        List<Event> events;
        try {
            completions = new CompletionBatch(fatal);
            commit = new CommitGroup(store, settings.idempotencyWindow(), time());
            for (Pending pending : group) {
                pending.add(commit, completions);
            }
            // whatever can fail comes before the write: behind it, the events are there
            events = List.copyOf(commit.events());
        } catch (RuntimeException | Error e) {
            failed(e);
            return;
        }
        try {
            if (!events.isEmpty()) {
                store.write(commit);
                failure = null;
            }
        } catch (BelfryException e) {
            failed(e);
            return;
        }
        settle(commit, events, completions, beganNanos);
    }

    /** None of this throws: the events are there. */
    private void settle(CommitGroup commit, List<Event> events, CompletionBatch completions, long beganNanos) {
        if (!events.isEmpty()) {
            reports.committed(commit, group, beganNanos);
            listeners.tell(events);
        }
        for (int i = 0; i < commit.conflicts(); i++) {
            reports.refused(IdempotencyConflict.CODE);
        }
        completions.complete();
    }

    private void failed(Throwable e) {
        BelfryException why = asFailure(e);
        reports.writeFailed(why, failure);
        failure = why;
        refuse(group, why);
    }

    private BelfryException asFailure(Throwable e) {
        try {
            return BelfryException.of(e);
        } catch (Throwable again) {
            return noMemory;
        }
    }

    private void refuse(List<Pending> pendings, BelfryException why) {
        try {
            CompletionBatch completions = new CompletionBatch(fatal);
            for (Pending pending : pendings) {
                pending.fail(why, completions);
            }
            completions.complete();
        } catch (Throwable e) {
            // from here, then
            for (int i = 0; i < pendings.size(); i++) {
                pendings.get(i).refuse(why, fatal);
            }
        }
    }

    private void recover() {
        try {
            if (store.recover()) {
                failure = null;
            }
        } catch (RuntimeException | Error e) {
            reports.warn("recovery failed", e);
        }
    }

    /** Never behind the newest event, though the machine's clock may be set back. */
    private Instant time() {
        Instant now = settings.clock().instant().truncatedTo(ChronoUnit.MILLIS);
        return now.isBefore(store.lastTime()) ? store.lastTime() : now;
    }

    private void trim() {
        try {
            waitMillis = Math.min(IDLE_MILLIS, store.trim());
        } catch (RuntimeException | Error e) {
            reports.warn("trimming failed", e);
            waitMillis = IDLE_MILLIS;
        }
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
