package dev.belfry;

import dev.belfry.BelfryException.IdempotencyConflict;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A publication in the queue, and the publisher that waits for its answer.
 *
 * @param bytes how much it takes
 * @param sinceNanos when it came, by {@link System#nanoTime()}
 */
record Pending(
        Publication publication, long bytes, long sinceNanos, CompletableFuture<Receipt> receipt, Executor answers) {
    static Pending of(Publication publication, Executor answers) {
        return new Pending(publication, publication.sizeBytes(), System.nanoTime(), new CompletableFuture<>(), answers);
    }

    int events() {
        return publication.notifications().size();
    }

    /** Adds it to a group, and to what is answered once the group is written. */
    void add(CommitGroup group, CompletionBatch completions) {
        try {
            Receipt answer = group.add(publication);
            completions.add(answers, () -> receipt.complete(answer));
        } catch (IdempotencyConflict conflict) {
            fail(conflict, completions);
        }
    }

    void fail(BelfryException why, CompletionBatch completions) {
        completions.add(answers, () -> receipt.completeExceptionally(why));
    }

    /** At once, in this thread. */
    void refuse(BelfryException why, FatalError fatal) {
        CompletionBatch.give(() -> receipt.completeExceptionally(why), fatal);
    }
}
