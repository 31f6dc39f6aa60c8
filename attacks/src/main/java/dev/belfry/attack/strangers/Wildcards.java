package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Requests;
import dev.belfry.attack.stage.Stage;
import dev.belfry.attack.stage.Stranger;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Every event is matched with 51,200 patterns that nearly match, for each of its topics. */
final class Wildcards implements Attack {
    private static final int CONNECTIONS = 200;
    private static final int PATTERNS = 256;
    private static final int SEGMENTS = 14;

    @Override
    public String name() {
        return "wildcards";
    }

    @Override
    public String what() {
        return CONNECTIONS + " WebSockets with " + PATTERNS + " patterns of a, * and **; events of 15 topics";
    }

    @Override
    public void run(Stage stage) throws IOException {
        AtomicInteger readers = new AtomicInteger();
        stage.crowd().gather(CONNECTIONS, stranger -> stranger.send(handshake(readers.incrementAndGet())));
        Stranger publisher = stage.crowd().open();
        byte[] event = Requests.postJson(Patterns.eventForWild(15, 24));
        stage.every(Duration.ofMillis(500), () -> publisher.send(event));
    }

    private static byte[] handshake(int reader) {
        // half of them find out only at the end of the topic that it is another
        return Requests.webSocket(
                Requests.topics(Patterns.wild(reader, PATTERNS, SEGMENTS, reader % 2 == 0 ? "1" : "z")));
    }
}
