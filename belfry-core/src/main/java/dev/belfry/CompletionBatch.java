package dev.belfry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * What a group of publishers is told, by the executors that tell them: each is given one task for all of its own. To wake a
 * thread for each answer costs more than the answer.
 */
final class CompletionBatch {
    private final Map<Executor, List<Runnable>> byExecutor = new HashMap<>();

    void add(Executor executor, Runnable answer) {
        byExecutor.computeIfAbsent(executor, e -> new ArrayList<>()).add(answer);
    }

    void complete() {
        byExecutor.forEach((executor, answers) -> {
            try {
                executor.execute(() -> answers.forEach(Runnable::run));
            } catch (RuntimeException | Error e) {
                // mostly it has ended; a publisher that still holds a receipt must not wait for ever
                answers.forEach(Runnable::run);
            }
        });
    }
}
