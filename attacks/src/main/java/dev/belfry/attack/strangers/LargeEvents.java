package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Stage;
import dev.belfry.attack.stage.Stranger;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Publishes 4 MB from time to time, as long as the one before has been answered. */
final class LargeEvents {
    private final Stage stage;
    private final long periodNanos;
    private @Nullable Stranger publisher;
    private long dueNanos = System.nanoTime();

    LargeEvents(Stage stage, Duration period) {
        this.stage = stage;
        periodNanos = period.toNanos();
    }

    void publishWhenDue() throws IOException {
        if (System.nanoTime() - dueNanos < 0) {
            return;
        }
        dueNanos = System.nanoTime() + periodNanos;
        Stranger kept = publisher;
        if (kept == null || !kept.isOpen()) {
            publisher = stage.crowd().open().send(Stage.LARGE_EVENT);
        } else if (kept.isAnswered()) {
            kept.send(Stage.LARGE_EVENT);
        }
    }
}
