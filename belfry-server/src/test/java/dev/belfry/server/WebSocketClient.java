package dev.belfry.server;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/** The JDK's WebSocket with a queue of what came in. */
final class WebSocketClient implements WebSocket.Listener, AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    /** How a connection ended: the server's close code, or -1 when it just broke. */
    record Closed(int code) {}

    private final BlockingQueue<Object> queue = new LinkedBlockingQueue<>();
    private final AtomicInteger pings = new AtomicInteger();
    private final StringBuilder text = new StringBuilder();
    private WebSocket socket;

    private WebSocketClient() {}

    static WebSocketClient connect(URI uri) throws Exception {
        return connect(uri, Http.client());
    }

    static WebSocketClient connect(URI uri, HttpClient http) throws Exception {
        return connect(http.newWebSocketBuilder().subprotocols("belfry.v1"), uri);
    }

    static WebSocketClient connect(WebSocket.Builder builder, URI uri)
            throws InterruptedException, ExecutionException, TimeoutException {
        WebSocketClient client = new WebSocketClient();
        client.socket = builder.buildAsync(uri, client).get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        return client;
    }

    String subprotocol() {
        return socket.getSubprotocol();
    }

    int pings() {
        return pings.get();
    }

    void send(String message) throws Exception {
        socket.sendText(message, true).get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    void sendBinary(byte[] message) throws Exception {
        socket.sendBinary(ByteBuffer.wrap(message), true).get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Sends a command and takes the next message, which is its answer when no events come in between. */
    JsonNode ask(String command) throws Exception {
        send(command);
        return Json.tree(nextMessage());
    }

    /** The next text message; fails when the connection has ended. */
    String nextMessage() throws InterruptedException {
        if (next() instanceof String message) {
            return message;
        }
        throw new IllegalStateException("the connection has ended");
    }

    /** Waits for the end of the connection. */
    Closed awaitClosed() throws InterruptedException {
        Object next = next();
        while (!(next instanceof Closed)) {
            next = next();
        }
        return (Closed) next;
    }

    private Object next() throws InterruptedException {
        Object next = queue.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no message for " + DEADLINE);
        }
        if (next instanceof Closed) {
            queue.add(next);
        }
        return next;
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            queue.add(text.toString());
            text.setLength(0);
        }
        webSocket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onPing(WebSocket webSocket, ByteBuffer message) {
        pings.incrementAndGet();
        webSocket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        queue.add(new Closed(statusCode));
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        queue.add(new Closed(-1));
    }

    @Override
    public void close() {
        socket.abort();
        queue.add(new Closed(-1));
    }
}
