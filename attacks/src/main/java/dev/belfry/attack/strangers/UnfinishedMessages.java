package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Requests;
import dev.belfry.attack.stage.Stage;
import dev.belfry.attack.stage.WebSocketFrames;
import java.io.IOException;

/** Messages of which the last byte never comes. */
final class UnfinishedMessages implements Attack {
    private static final int CONNECTIONS = 65;
    private static final byte[] HEAD = WebSocketFrames.textHead(Stage.LARGE_BYTES);
    private static final byte[] MOST = Requests.filler(Stage.LARGE_BYTES - 1);

    @Override
    public String name() {
        return "unfinished-messages";
    }

    @Override
    public String what() {
        return CONNECTIONS + " WebSockets, each with all but the last byte of a message of 4 MB";
    }

    @Override
    public void run(Stage stage) throws IOException {
        byte[] handshake = Requests.webSocket("topic=");
        stage.crowd()
                .gather(
                        CONNECTIONS,
                        stranger -> stranger.send(handshake)
                                .awaitAnswer()
                                .send(HEAD)
                                .send(MOST));
        stage.hold();
    }
}
