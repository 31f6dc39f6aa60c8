package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Requests;
import dev.belfry.attack.stage.Stage;
import dev.belfry.attack.stage.WebSocketFrames;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Subscriptions that share nothing with each other, each as heavy as it may be. */
final class WebSocketPatterns implements Attack {
    private static final int CONNECTIONS = 270;
    private static final int PATTERNS = 256;

    private List<byte[]> subscriptions = List.of();

    @Override
    public String name() {
        return "websocket-patterns";
    }

    @Override
    public String what() {
        return CONNECTIONS + " WebSockets with " + PATTERNS + " patterns of 64 segments each, all different";
    }

    @Override
    public void prepare(Stage stage) {
        subscriptions = IntStream.range(0, CONNECTIONS)
                .mapToObj(WebSocketPatterns::subscription)
                .toList();
    }

    @Override
    public void run(Stage stage) throws IOException {
        byte[] handshake = Requests.webSocket("topic=");
        AtomicInteger readers = new AtomicInteger();
        stage.crowd()
                .gather(
                        CONNECTIONS,
                        stranger -> stranger.send(handshake)
                                .awaitAnswer()
                                .send(subscriptions.get(readers.getAndIncrement() % CONNECTIONS)));
        stage.hold();
    }

    private static byte[] subscription(int reader) {
        return WebSocketFrames.text(Patterns.different(reader, PATTERNS).stream()
                .collect(Collectors.joining("\",\"", "{\"op\":\"subscribe\",\"topic\":[\"", "\"]}")));
    }
}
