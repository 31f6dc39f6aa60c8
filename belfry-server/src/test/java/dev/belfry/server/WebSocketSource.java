package dev.belfry.server;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The events of a WebSocket. */
final class WebSocketSource implements Feed.Source {
    private final URI uri;
    private @Nullable WebSocketClient client;

    WebSocketSource(URI uri, @Nullable String cursor) {
        String after = cursor == null ? "" : "&after=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8);
        this.uri = URI.create(uri.toString().replaceFirst("http", "ws") + after);
    }

    @Override
    public void connect() throws Exception {
        try {
            client = WebSocketClient.connect(uri);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException refused) {
                throw new Refused(refused.getResponse().statusCode());
            }
            throw e;
        }
    }

    @Override
    public void readTo(Consumer<Received> sink) throws Exception {
        while (true) {
            String message = client.nextMessage();
            sink.accept(Json.event(message.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Override
    public void close() {
        if (client != null) {
            client.close();
        }
    }
}
