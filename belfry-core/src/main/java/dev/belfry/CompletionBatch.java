package dev.belfry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What a group of publishers is told, by the executors that tell them: each is given one task for all of its own. To wake a
 * thread for each answer costs more than the answer. To complete it allocates nothing of its own, and never throws.
 */
final class CompletionBatch {
    private static final int TRIES = 3;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Map<Executor, Answers> byExecutor = new HashMap<>();
    private final List<Answers> all = new ArrayList<>();
    private final FatalError fatal;

    CompletionBatch(FatalError fatal) {
        this.fatal = fatal;
    }

    /** Those of one executor. */
    private static final class Answers implements Runnable {
        final Executor executor;
        final List<Runnable> answers = new ArrayList<>();
        final FatalError fatal;

        Answers(Executor executor, FatalError fatal) {
            this.executor = executor;
            this.fatal = fatal;
        }

        @Override
        public void run() {
            for (int i = 0; i < answers.size(); i++) {
                give(answers.get(i), fatal);
            }
        }
    }

    void add(Executor executor, Runnable answer) {
        Answers answers = byExecutor.get(executor);
        if (answers == null) {
            answers = new Answers(executor, fatal);
            all.add(answers);
            byExecutor.put(executor, answers);
        }
        answers.answers.add(answer);
    }

    void complete() {
        for (int i = 0; i < all.size(); i++) {
            handOver(all.get(i));
        }
    }

    private static void handOver(Answers answers) {
        for (int i = 0; i < TRIES; i++) {
            try {
                answers.executor.execute(answers);
                return;
            } catch (RuntimeException e) {
                break; // mostly it has ended
            } catch (Error e) {
                LockSupport.parkNanos(
                        PAUSE_NANOS); // there may be memory again, and the answers are the executor's to give
            }
        }
        // a publisher that still holds a receipt must not wait for ever
        answers.run();
    }

    /** A publisher that cannot even be refused would wait for ever. To answer twice does no harm. */
    static void give(Runnable answer, FatalError fatal) {
        for (int i = 1; ; i++) {
            try {
                answer.run();
                return;
            } catch (Throwable e) {
                if (i == TRIES) {
                    fatal.failed("answer to a publisher", e);
                    return;
                }
            }
        }
    }
}
