package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Stage;
import dev.belfry.attack.stage.Stranger;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** Connections that are opened, say nothing, and are reset. */
final class ConnectionFlood implements Attack {
    private static final int EACH_TIME = 20;
    private static final int MOST = 200;

    @Override
    public String name() {
        return "connection-flood";
    }

    @Override
    public String what() {
        return "1,000 connections a second that say nothing and are reset";
    }

    @Override
    public void run(Stage stage) throws IOException {
        Deque<Stranger> open = new ArrayDeque<>();
        stage.every(Duration.ofMillis(20), () -> {
            for (int i = 0; i < EACH_TIME; i++) {
                open.add(stage.crowd().open());
            }
            while (open.size() > MOST) {
                open.remove().reset();
            }
        });
    }
}
