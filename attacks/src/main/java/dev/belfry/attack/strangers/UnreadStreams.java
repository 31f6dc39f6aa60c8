package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Requests;
import dev.belfry.attack.stage.Stage;
import java.io.IOException;
import java.time.Duration;

/** Subscribers that take nothing of large events. */
record UnreadStreams(String name, String accept) implements Attack {
    private static final int STREAMS = 150;

    @Override
    public String what() {
        return STREAMS + " streams (" + accept.replaceAll(".*[/-]", "") + ") that nobody reads, 4 MB a second";
    }

    @Override
    public void run(Stage stage) throws IOException {
        byte[] request = Requests.get("topic=" + Stage.LARGE, accept);
        stage.crowd().gatherDeaf(STREAMS, stranger -> stranger.send(request));
        LargeEvents events = new LargeEvents(stage, Duration.ofSeconds(1));
        stage.every(Duration.ofMillis(100), events::publishWhenDue);
    }
}
