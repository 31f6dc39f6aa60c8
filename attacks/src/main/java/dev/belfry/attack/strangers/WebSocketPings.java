package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Requests;
import dev.belfry.attack.stage.Stage;
import dev.belfry.attack.stage.Stranger;
import dev.belfry.attack.stage.WebSocketFrames;
import java.io.IOException;
import java.time.Duration;

/** Questions whose answers nobody reads: the server writes as much as it is asked. */
final class WebSocketPings implements Attack {
    private static final int CONNECTIONS = 20;
    private static final int EACH_TIME = 100;

    @Override
    public String name() {
        return "websocket-pings";
    }

    @Override
    public String what() {
        return CONNECTIONS + " WebSockets with 1,000 pings and ping commands a second each, whose answers nobody reads";
    }

    @Override
    public void run(Stage stage) throws IOException {
        byte[] handshake = Requests.webSocket("topic=");
        byte[][] pings = new byte[EACH_TIME][];
        java.util.Arrays.setAll(
                pings,
                i -> i % 2 == 0
                        ? WebSocketFrames.ping()
                        : WebSocketFrames.text("{\"op\":\"ping\",\"ref\":\"" + "r".repeat(100) + "\"}"));
        byte[] flood = Requests.joined(pings);
        stage.crowd()
                .gatherDeaf(CONNECTIONS, stranger -> stranger.send(handshake).awaitAnswer());
        stage.every(
                Duration.ofMillis(100),
                () -> stage.crowd().strangers().stream()
                        .filter(Stranger::isOpen)
                        .filter(Stranger::hasSentAll)
                        .forEach(stranger -> stranger.send(flood)));
    }
}
