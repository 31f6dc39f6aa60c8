package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Http2Frames;
import dev.belfry.attack.stage.Stage;
import dev.belfry.attack.stage.Stranger;
import java.io.IOException;
import java.time.Duration;

/** Never quite stalled: each stream takes a byte from time to time. */
final class Http2TinyWindows implements Attack {
    private static final int CONNECTIONS = 20;
    private static final int STREAMS_EACH = 20;

    @Override
    public String name() {
        return "h2-tiny-windows";
    }

    @Override
    public String what() {
        return CONNECTIONS + " connections of HTTP/2 with " + STREAMS_EACH
                + " streams each that take a byte in 200 ms of 4 MB a second";
    }

    @Override
    public void run(Stage stage) throws IOException {
        Http2Frames begin = Http2Frames.connection(1);
        Http2Frames wider = new Http2Frames();
        for (int stream = 1; stream < 2 * STREAMS_EACH; stream += 2) {
            begin.get(stream, "topic=" + Stage.LARGE, "accept", "text/event-stream");
            wider.window(stream, 1);
        }
        byte[] first = begin.bytes();
        byte[] next = wider.bytes();
        stage.crowd().gather(CONNECTIONS, stranger -> stranger.send(first));
        LargeEvents events = new LargeEvents(stage, Duration.ofSeconds(1));
        stage.every(Duration.ofMillis(200), () -> {
            stage.crowd().strangers().stream().filter(Stranger::isOpen).forEach(stranger -> stranger.send(next));
            events.publishWhenDue();
        });
    }
}
