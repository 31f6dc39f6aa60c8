package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** HTTP/1.1 by the JDK's client. */
final class Http {
    static final String JSON = "application/json";
    static final String NDJSON = "application/x-ndjson";
    static final String SSE = "text/event-stream";

    private static volatile HttpClient client = newClient();

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private Http() {}

    /** Trusts {@link SelfSigned} too. */
    private static HttpClient newClient() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(SelfSigned.INSTANCE.context())
                .build();
    }

    static HttpClient client() {
        return client;
    }

    /** Leaves behind the idle connections: to a server that was killed, a request on one of them fails. */
    static void forgetConnections() {
        client = newClient();
    }

    /** Sends a request with headers as names and values in turn. */
    static HttpResponse<String> send(String method, URI uri, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .timeout(DEADLINE)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static HttpResponse<String> get(URI uri, String... headers) {
        return send("GET", uri, "", headers);
    }

    static HttpResponse<String> postJson(URI uri, String json) {
        return send("POST", uri, json, "Content-Type", JSON);
    }

    /** Publishes, which must succeed; the ids. */
    static List<String> publish(URI uri, String contentType, String body) {
        return ids(send("POST", uri, body, "Content-Type", contentType));
    }

    static List<String> ids(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        List<String> ids = new ArrayList<>();
        Json.tree(response.body()).get("ids").forEach(id -> ids.add(id.asString()));
        return ids;
    }

    /** Publishes the numbers from (inclusive) to (exclusive) as one batch. */
    static List<String> publishNumbers(BelfryProcess belfry, String topic, int from, int to) {
        return publish(belfry.notifications(""), JSON, numbers(topic, from, to));
    }

    /** A batch as a JSON array. */
    static String numbers(String topic, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(number -> notification(topic, Integer.toString(number)))
                .collect(Collectors.joining(",", "[", "]"));
    }

    /** All kept events of a topic or pattern, poll by poll until there are no more. */
    static List<JsonNode> readAll(BelfryProcess belfry, String topic) {
        List<JsonNode> events = new ArrayList<>();
        String after = "earliest";
        for (boolean more = true; more; ) {
            HttpResponse<String> response = get(belfry.notifications("?topic=" + topic + "&limit=1000&after=" + after));
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            JsonNode answer = Json.tree(response.body());
            answer.get("events").forEach(events::add);
            more = answer.get("more").asBoolean();
            after = answer.get("next").asString();
        }
        return events;
    }

    static String notification(String topic, String text) {
        return "{\"topic\":" + Json.quoted(topic) + ",\"data\":" + Json.quoted(text) + "}";
    }

    /** The code of a problem, when the answer is one. */
    static String code(HttpResponse<String> response) {
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonNode problem = Json.tree(response.body());
        assertThat(problem.get("status").asInt()).isEqualTo(response.statusCode());
        assertThat(problem.get("title").asString()).isNotEmpty();
        assertThat(problem.get("detail").asString()).isNotEmpty();
        return problem.get("code").asString();
    }
}
