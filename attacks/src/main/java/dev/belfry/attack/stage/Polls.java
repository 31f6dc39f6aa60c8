package dev.belfry.attack.stage;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a topic from the beginning to the end, poll by poll, as the protocol has it. */
public final class Polls {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Pattern NEXT = Pattern.compile("\"next\":\"([^\"]+)\"");
    private static final Pattern REASON = Pattern.compile("\"reason\":\"([^\"]+)\"");

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String base;
    private String gap = "";

    public Polls(int port, String topic) {
        base = "http://127.0.0.1:" + port + Requests.ENDPOINT + "?limit=1000&topic=" + topic + "&after=";
    }

    /** The reason of the first gap on the way, or "without a gap"; or why the end was not reached. */
    public String readAll(Duration atMost) throws IOException {
        long end = System.nanoTime() + atMost.toNanos();
        String after = "earliest";
        while (System.nanoTime() - end < 0) {
            HttpResponse<String> answer = get(after);
            if (answer.statusCode() != 200) {
                return "gets " + answer.statusCode() + " behind " + after;
            }
            String next = next(answer.body());
            if (next.equals(after)) {
                return gap.isEmpty() ? "without a gap" : gap;
            }
            after = next;
        }
        return "does not reach the end";
    }

    private String next(String json) throws IOException {
        Matcher reason = REASON.matcher(json);
        if (gap.isEmpty() && reason.find()) {
            gap = reason.group(1);
        }
        Matcher next = NEXT.matcher(json);
        if (!next.find()) {
            throw new IOException("an answer without a position");
        }
        return next.group(1);
    }

    private HttpResponse<String> get(String after) throws IOException {
        URI uri = URI.create(base + after);
        try {
            return http.send(HttpRequest.newBuilder(uri).timeout(PATIENCE).build(), BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }
}
