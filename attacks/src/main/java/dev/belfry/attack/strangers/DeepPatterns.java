package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Requests;
import dev.belfry.attack.stage.Stage;
import dev.belfry.attack.stage.Stranger;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Polls that match nothing, and cost much to find that out; half of their clients go away in the middle. */
final class DeepPatterns implements Attack {
    private static final int READERS = 4;
    private static final int PATTERNS = 200;
    private static final int EVENTS = 600_000;
    private static final int BATCH = 1000;
    private static final String TOPIC = "a/b/c/d/e/f/g/h/".repeat(6) + 'i';

    @Override
    public String name() {
        return "deep-patterns";
    }

    @Override
    public String what() {
        return READERS + " polls with " + PATTERNS + " patterns **/b/**/d/… over 600,000 events, disconnecting";
    }

    @Override
    public void prepare(Stage stage) throws IOException {
        byte[] batch = Requests.postLines(Requests.lines(BATCH, TOPIC, 3));
        for (int published = 0; published < stage.events(EVENTS); published += BATCH) {
            stage.publish(batch);
        }
    }

    @Override
    public void run(Stage stage) throws IOException {
        byte[] poll = Requests.get(Requests.topics(patterns()) + "&after=earliest&limit=1000");
        stage.crowd().gather(READERS, stranger -> stranger.send(poll));
        stage.every(Duration.ofMillis(1500), () -> {
            List<Stranger> readers = stage.crowd().strangers();
            readers.stream().limit(READERS / 2).forEach(Stranger::reset);
            readers.stream().filter(Stranger::isAnswered).forEach(stranger -> stranger.send(poll));
        });
    }

    private static List<String> patterns() {
        return IntStream.range(0, PATTERNS)
                .mapToObj(i -> "**/b/**/d/**/f/**/h/**/b/**/x" + i)
                .toList();
    }
}
