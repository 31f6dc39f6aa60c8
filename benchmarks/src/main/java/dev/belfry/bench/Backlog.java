package dev.belfry.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Fills a Belfry server with events, quickly: batches of NDJSON. */
final class Backlog {
    private static final int BATCH = 1000;

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI uri;
    private final Payload payload;

    Backlog(int port, int payloadBytes) {
        uri = URI.create("http://127.0.0.1:" + port + "/api/notifications");
        payload = new Payload(payloadBytes);
    }

    /** Publishes events with the counts from {@code first} on, by publisher 0. */
    void fill(String topic, long first, int events) throws IOException {
        for (int done = 0; done < events; done += BATCH) {
            StringBuilder body = new StringBuilder();
            for (int i = done; i < Math.min(done + BATCH, events); i++) {
                body.append("{\"topic\":\"").append(topic).append("\",\"data\":\"");
                body.append(new String(payload.of(0, first + i, System.nanoTime()), US_ASCII))
                        .append("\"}\n");
            }
            post(body.toString());
        }
    }

    private void post(String body) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 201) {
                throw new IOException("not filled: " + answer.statusCode() + " " + answer.body());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
