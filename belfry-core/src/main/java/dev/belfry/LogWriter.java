package dev.belfry;

import dev.belfry.BelfryException.LogClosed;
import dev.belfry.BelfryException.LogFull;
import dev.belfry.BelfryException.LogStorage;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
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
    private static final int MAX_GROUP_EVENTS = 4096;
    private static final long MAX_GROUP_BYTES = 4L << 20;
    private static final long IDLE_MILLIS = 500;

    private final LogStore store;
    private final LogSettings settings;
    private final BlockingQueue<Pending> queue;
    private final AtomicInteger queuedEvents = new AtomicInteger();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final List<CommitListener> listeners = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean closing;

    /** Why the last write failed; the writer thread's own. */
    private @Nullable String failing;

    private volatile boolean closed;

    /** Starts the thread, a daemon with the given name. */
    public LogWriter(String threadName, LogStore store, LogSettings settings) {
        this.store = store;
        this.settings = settings;
        queue = new ArrayBlockingQueue<>(settings.queueEvents() + 1);
        thread = new Thread(this::run, threadName);
        thread.setDaemon(true);
        thread.start();
    }

    /** As {@link EventLog#append(Publication, Executor)}. */
    public CompletableFuture<Receipt> append(Publication publication, Executor answers) {
        Pending pending = new Pending(publication, publication.sizeBytes(), new CompletableFuture<>(), answers);
        if (closing) {
            return CompletableFuture.failedFuture(new LogClosed());
        }
        if (!reserve(pending)) {
            return CompletableFuture.failedFuture(new LogFull());
        }
        queue.add(pending);
        if (closed && queue.remove(pending)) {
            pending.receipt.completeExceptionally(new LogClosed());
        }
        return pending.receipt;
    }

    /** A publication larger than the whole queue is let in when the queue is empty. */
    private boolean reserve(Pending pending) {
        int events = queuedEvents.addAndGet(pending.events());
        long bytes = queuedBytes.addAndGet(pending.bytes);
        boolean fits = events <= settings.queueEvents() && bytes <= settings.queueBytes();
        if (fits || events == pending.events()) {
            return true;
        }
        free(pending);
        return false;
    }

    private void free(Pending pending) {
        queuedEvents.addAndGet(-pending.events());
        queuedBytes.addAndGet(-pending.bytes);
    }

    /** As {@link EventLog#onCommit}. */
    public void onCommit(CommitListener listener) {
        listeners.add(listener);
    }

    private void run() {
        try {
            while (!closing || !queue.isEmpty()) {
                List<Pending> group = takeGroup();
                if (!group.isEmpty()) {
                    commit(group);
                }
                trim();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closed = true;
            failPending();
        }
    }

    private List<Pending> takeGroup() throws InterruptedException {
        List<Pending> group = new ArrayList<>();
        int events = 0;
        long bytes = 0;
        Pending pending = queue.poll(closing ? 0 : IDLE_MILLIS, TimeUnit.MILLISECONDS);
        yieldToPublishers();
        while (pending != null) {
            free(pending);
            if (pending.publication != null) {
                group.add(pending);
            }
            events += pending.events();
            bytes += pending.bytes;
            pending = events < MAX_GROUP_EVENTS && bytes < MAX_GROUP_BYTES ? queue.poll() : null;
        }
        return group;
    }

    /**
     * The first publication wakes this thread in the middle of what a publishers' thread has read. Where they share a
     * processor, giving it back makes one group of all of it and not one of each; else this costs nothing.
     */
    @SuppressWarnings("ThreadPriorityCheck") // a hint, on which nothing but the size of groups depends
    private static void yieldToPublishers() {
        Thread.yield();
    }

    private void commit(List<Pending> pendings) {
        CompletionBatch completions = new CompletionBatch();
        try {
            CommitGroup group = new CommitGroup(store, settings.idempotencyWindow(), time());
            for (Pending pending : pendings) {
                completions.add(pending.answers, pending.add(group));
            }
            if (!group.events().isEmpty()) {
                store.write(group);
                tellListeners(List.copyOf(group.events()));
            }
        } catch (RuntimeException | Error e) {
            // an Error too: without this thread nothing would be written and nobody answered any more
            logFailureOnce(e);
            BelfryException failure = e instanceof BelfryException known
                    ? known
                    : new LogStorage("the log could not be written", false, e);
            refuse(pendings, failure);
            return;
        }
        failing = null;
        completions.complete();
    }

    private static void refuse(List<Pending> pendings, BelfryException failure) {
        CompletionBatch completions = new CompletionBatch();
        pendings.forEach(
                pending -> completions.add(pending.answers, () -> pending.receipt.completeExceptionally(failure)));
        completions.complete();
    }

    /** Once for each cause: a full disk refuses every publication until there is room. */
    private void logFailureOnce(Throwable e) {
        if (!e.toString().equals(failing)) {
            failing = e.toString();
            log.error("write failed cause={}", failing);
        }
    }

    /** Never behind the newest event, though the machine's clock may be set back. */
    private Instant time() {
        Instant now = settings.clock().instant().truncatedTo(ChronoUnit.MILLIS);
        return now.isBefore(store.lastTime()) ? store.lastTime() : now;
    }

    private void tellListeners(List<Event> events) {
        for (CommitListener listener : listeners) {
            try {
                listener.committed(events);
            } catch (RuntimeException | Error e) {
                log.error("commit listener failed first={}", events.get(0).position(), e);
            }
        }
    }

    private void trim() {
        try {
            store.trim();
        } catch (RuntimeException e) {
            log.warn("trimming failed cause={}", e.toString());
        }
    }

    private void failPending() {
        List<Pending> rest = new ArrayList<>();
        queue.drainTo(rest);
        refuse(rest, new LogClosed());
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
        queue.offer(Pending.WAKE);
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

    /** A publication in the queue, and who waits for its answer. */
    private record Pending(
            @Nullable Publication publication, long bytes, CompletableFuture<Receipt> receipt, Executor answers) {
        static final Pending WAKE = new Pending(null, 0, new CompletableFuture<>(), Runnable::run);

        int events() {
            return publication == null ? 0 : publication.notifications().size();
        }

        /** Adds it to a group and tells how to answer once the group is written. */
        Runnable add(CommitGroup group) {
            try {
                Receipt answer = group.add(java.util.Objects.requireNonNull(publication));
                return () -> receipt.complete(answer);
            } catch (BelfryException refused) {
                return () -> receipt.completeExceptionally(refused);
            }
        }
    }
}
