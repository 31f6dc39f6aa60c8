package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Requests;
import dev.belfry.attack.stage.Stage;
import java.io.IOException;
import java.time.Duration;

/** Heads that are sixty times as long as they may be. */
final class HugeHeads implements Attack {
    private static final byte[] ONE_FIELD = Requests.get("", "X: " + "y".repeat(1_000_000));
    private static final byte[] MANY_FIELDS =
            Requests.get("", "X: y\r\n".repeat(150_000).strip());
    private static final byte[] TARGET = Requests.get("topic=" + "z".repeat(1_000_000));

    @Override
    public String name() {
        return "huge-heads";
    }

    @Override
    public String what() {
        return "30 requests a second with a head of 1 MB";
    }

    @Override
    public void run(Stage stage) throws IOException {
        stage.every(Duration.ofMillis(100), () -> {
            stage.crowd().open().send(ONE_FIELD);
            stage.crowd().open().send(MANY_FIELDS);
            stage.crowd().open().send(TARGET);
        });
    }
}
