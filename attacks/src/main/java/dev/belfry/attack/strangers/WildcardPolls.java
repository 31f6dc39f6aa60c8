package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Requests;
import dev.belfry.attack.stage.Stage;
import dev.belfry.attack.stage.Stranger;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** The same, with readers that wait in the place where commits are told. */
final class WildcardPolls implements Attack {
    private static final int POLLS = 100;
    private static final int PATTERNS = 256;
    private static final int SEGMENTS = 14;

    @Override
    public String name() {
        return "wildcard-polls";
    }

    @Override
    public String what() {
        return POLLS + " long polls with " + PATTERNS + " patterns of a, * and **; events of 15 topics";
    }

    @Override
    public void run(Stage stage) throws IOException {
        AtomicInteger readers = new AtomicInteger();
        stage.crowd().gather(POLLS, stranger -> stranger.send(poll(readers.incrementAndGet())));
        Stranger publisher = stage.crowd().open();
        byte[] event = Requests.postJson(Patterns.eventForWild(15, 24));
        stage.every(Duration.ofMillis(500), () -> publisher.send(event));
    }

    private static byte[] poll(int reader) {
        return Requests.get(
                Requests.topics(Patterns.wild(reader, PATTERNS, SEGMENTS, "z")) + "&after=now", "Prefer: wait=30");
    }
}
