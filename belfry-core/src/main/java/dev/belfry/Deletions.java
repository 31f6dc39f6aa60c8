package dev.belfry;

import dev.belfry.BelfryException.LogFull;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The deletions that wait for a log's writer thread, which does a part of one between two commits. */
final class Deletions {
    private static final int MAX_WAITING = 16;

    private final Queue<Deletion> waiting = new ArrayBlockingQueue<>(MAX_WAITING);

    /** Of one topic; the numbers are the writer thread's. */
    private static final class Deletion {
        final Topic topic;
        final CompletableFuture<Long> done = new CompletableFuture<>();
        long from;
        long upTo = -1;
        long events;

        Deletion(Topic topic) {
            this.topic = topic;
        }
    }

    /** Any thread. */
    CompletableFuture<Long> add(Topic topic) {
        Deletion deletion = new Deletion(topic);
        return waiting.offer(deletion) ? deletion.done : CompletableFuture.failedFuture(new LogFull());
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Does a part of the first one; returns what has failed, if anything has. */
    @Nullable
    Throwable proceed(LogStore store) {
        Deletion first = waiting.peek();
        if (first == null) {
            return null;
        }
        try {
            if (first.upTo < 0) {
                first.upTo = store.head().offset();
            }
            LogStore.Deleted part = store.delete(first.topic, first.from, first.upTo);
            first.events += part.events();
            first.from = part.next();
            if (!part.isMore()) {
                waiting.remove();
                first.done.complete(first.events);
            }
            return null;
        } catch (RuntimeException | Error e) {
            waiting.remove();
            first.done.completeExceptionally(
                    e instanceof BelfryException known ? known : new BelfryException.LogStorage(false, e));
            return e;
        }
    }

    /** Any thread. */
    void refuse(BelfryException why) {
        for (Deletion next = waiting.poll(); next != null; next = waiting.poll()) {
            next.done.completeExceptionally(why);
        }
    }
}
