package dev.belfry.server;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A request after the other, each from the cursor that the last one gave. */
final class PollSource implements Feed.Source {
    private static final long INTERVAL_MILLIS = 20;

    private final URI uri;
    private final int waitSeconds;
    private String cursor;
    private byte[] answer = new byte[0];
    private volatile boolean closed;

    PollSource(URI uri, @Nullable String cursor, int waitSeconds) {
        this.uri = uri;
        this.waitSeconds = waitSeconds;
        this.cursor = cursor == null ? "now" : cursor;
    }

    @Override
    public void connect() throws Exception {
        answer = poll(0);
    }

    private byte[] poll(int wait) throws Exception {
        URI next = URI.create(uri + "&after=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8));
        HttpRequest.Builder request = HttpRequest.newBuilder(next).header("Accept", "application/json");
        if (wait > 0) {
            request.header("Prefer", "wait=" + wait);
        }
        HttpResponse<byte[]> response = Http.client().send(request.build(), BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new Refused(response.statusCode());
        }
        return response.body();
    }

    @Override
    public void readTo(Consumer<Received> sink) throws Exception {
        while (!closed) {
            boolean[] any = new boolean[1];
            cursor = Json.poll(answer, event -> {
                any[0] = true;
                sink.accept(event);
            });
            if (!any[0] && waitSeconds == 0) {
                // what polling is; a test never waits for it but for an event
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(INTERVAL_MILLIS));
            }
            answer = poll(waitSeconds);
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
