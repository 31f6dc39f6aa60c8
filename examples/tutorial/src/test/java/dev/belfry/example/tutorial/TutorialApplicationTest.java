package dev.belfry.example.tutorial;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "belfry.log.type=memory")
@Timeout(30)
class TutorialApplicationTest {
    private final HttpClient client = HttpClient.newHttpClient();

    @LocalServerPort
    private int port;

    @Test
    void sendsALineEverySecondAndNoneLosesItsSpaces() throws Exception {
        Iterator<String> lines = stream("/sse");

        assertThat(block(lines)).containsExactly(":");
        assertThat(block(lines)).containsExactly("data: VioletBeach: 0");
        assertThat(block(lines)).containsExactly("data: VioletBeach: 1");
    }

    /** It is the last field. */
    private static String id(List<String> event) {
        String line = event.get(event.size() - 1);
        assertThat(line).startsWith("id: ");
        return line.substring("id: ".length());
    }

    @Test
    void deliversWhatThePublisherOfTheTutorialPosts() throws Exception {
        Iterator<String> one = stream("/api/notifications");
        Iterator<String> other = stream("/api/notifications");

        String answer = post("/api/notifications", "{\"type\":\"INFO\",\"message\":\"Deploy finished\"}");

        List<String> event = event(one);
        assertThat(event).hasSize(3).startsWith("event: notification", "data: INFO: Deploy finished");
        assertThat(event(other)).isEqualTo(event);
        assertThat(answer).contains(id(event));
    }

    @Test
    void goesOnBehindTheLastEventId() throws Exception {
        Iterator<String> before = stream("/api/notifications?topic=deploys");
        post("/api/notifications", "{\"topic\":\"deploys\",\"data\":\"first\"}");
        String seen = id(event(before));
        post("/api/notifications", "{\"topic\":\"deploys\",\"data\":\"second\"}");

        Iterator<String> after = stream("/api/notifications?topic=deploys", "Last-Event-ID", seen);

        assertThat(event(after)).contains("data: second");
    }

    @Test
    void followsAnOrderThroughTheApplicationsOwnController() throws Exception {
        Iterator<String> before = stream("/api/orders/42/status");
        assertThat(block(before)).containsExactly(":");
        post("/api/orders/43/status", "{\"text\":\"another's\"}");
        String answer = post("/api/orders/42/status", "{\"text\":\"packed\"}");
        List<String> packed = event(before);
        post("/api/orders/42/status", "{\"text\":\"  shipped\\nby rail\"}");

        String id = id(packed);
        Iterator<String> after = stream("/api/orders/42/status", "Last-Event-ID", id);

        assertThat(answer).isEqualTo("{\"id\":\"" + id + "\"}");
        assertThat(packed).startsWith("event: status", "data: packed");
        assertThat(event(after)).startsWith("event: status", "data:   shipped", "data: by rail");
    }

    @Test
    void anOrderIsNoPattern() throws Exception {
        HttpRequest request =
                request("/api/orders/*/status", "Accept", "text/event-stream").build();

        assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(400);
    }

    private Iterator<String> stream(String path, String... headers) throws Exception {
        HttpRequest request =
                request(path, headers).header("Accept", "text/event-stream").build();
        HttpResponse<Stream<String>> response = client.send(request, BodyHandlers.ofLines());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body().iterator();
    }

    private String post(String path, String json) throws Exception {
        HttpRequest request = request(path, "Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build();
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(201);
        return response.body();
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        return headers.length == 0 ? request : request.headers(headers);
    }

    /** The next block that is an event, and not a comment or the time to wait before a reconnect. */
    private static List<String> event(Iterator<String> lines) {
        List<String> block = block(lines);
        while (block.stream().noneMatch(line -> line.startsWith("data"))) {
            block = block(lines);
        }
        return block;
    }

    private static List<String> block(Iterator<String> lines) {
        List<String> block = new ArrayList<>();
        for (String line = lines.next(); !line.isEmpty(); line = lines.next()) {
            block.add(line);
        }
        return block;
    }
}
