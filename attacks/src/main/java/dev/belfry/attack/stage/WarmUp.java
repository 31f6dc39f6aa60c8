package dev.belfry.attack.stage;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Ordinary requests as fast as they are answered, so that a young server has compiled what honest clients need. */
final class WarmUp {
    private static final Duration STEP = Duration.ofMillis(1);
    private static final List<byte[]> REQUESTS = List.of(
            Requests.postJson(Requests.notification("warm-up", "x")),
            Requests.postJson(Requests.notification("warm-up", "y")),
            Requests.get("topic=warm-up&limit=5"),
            Requests.get("topic=warm-up&after=now"));

    private WarmUp() {}

    static void run(int port, Duration time) throws IOException {
        try (Crowd crowd = new Crowd(port)) {
            for (byte[] request : REQUESTS) {
                crowd.gather(1, stranger -> stranger.send(request));
            }
            long end = System.nanoTime() + time.toNanos();
            while (System.nanoTime() - end < 0) {
                askAgain(crowd.strangers());
                crowd.run(STEP);
            }
        }
    }

    private static void askAgain(List<Stranger> strangers) {
        for (int i = 0; i < strangers.size(); i++) {
            if (strangers.get(i).isAnswered()) {
                strangers.get(i).send(REQUESTS.get(i));
            }
        }
    }
}
