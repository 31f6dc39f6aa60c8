package dev.belfry.server;

import dev.belfry.testkit.RawHttp;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A line of JSON for every event. */
final class NdjsonSource implements Feed.Source {
    private static final String TYPE = "application/x-ndjson";

    private final Connect connect;
    private @Nullable InputStream body;
    private @Nullable Closeable connection;

    private interface Connect {
        void to(NdjsonSource source) throws Exception;
    }

    private NdjsonSource(Connect connect) {
        this.connect = connect;
    }

    static NdjsonSource of(URI uri, @Nullable String cursor) {
        return new NdjsonSource(source -> {
            HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("Accept", TYPE);
            if (cursor != null) {
                request.header("Last-Event-ID", cursor);
            }
            HttpResponse<InputStream> response = Http.client().send(request.build(), BodyHandlers.ofInputStream());
            if (response.statusCode() != 200) {
                response.body().close();
                throw new Refused(response.statusCode());
            }
            source.body = response.body();
            source.connection = response.body();
        });
    }

    static NdjsonSource toConnectionEnd(URI uri, @Nullable String cursor) {
        return new NdjsonSource(source -> {
            RawHttp http = ToConnectionEnd.request(uri, TYPE, cursor);
            source.body = http.bodyStream();
            source.connection = http;
        });
    }

    @Override
    public void connect() throws Exception {
        connect.to(this);
    }

    @Override
    public void readTo(Consumer<Received> sink) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        byte[] buffer = new byte[16 << 10];
        for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
            int from = 0;
            for (int i = 0; i < n; i++) {
                if (buffer[i] == '\n') {
                    line.write(buffer, from, i - from);
                    from = i + 1;
                    if (line.size() > 0) {
                        sink.accept(Json.event(line.toByteArray()));
                        line.reset();
                    }
                }
            }
            line.write(buffer, from, n - from);
        }
    }

    @Override
    public void close() {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
