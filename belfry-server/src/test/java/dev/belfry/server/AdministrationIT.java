package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.testkit.RawHttp;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The administration of an open server, as a process with a log on disk. */
@Timeout(120)
class AdministrationIT {
    @TempDir
    Path directory;

    private static JsonNode ask(BelfryProcess server, String method, String target) {
        try (RawHttp client = RawHttp.request(server.port(), method + " " + target + " HTTP/1.1\nHost: localhost")) {
            return Json.tree(client.bodyByLength());
        }
    }

    private static String publish(BelfryProcess server, String topic, String text) {
        String head = "POST /api/notifications/" + topic + " HTTP/1.1\nHost: localhost\nContent-Type: text/plain\n"
                + "Content-Length: " + text.length();
        try (RawHttp client = RawHttp.request(server.port(), head).send(text)) {
            return Json.tree(client.bodyByLength()).get("id").asString();
        }
    }

    private static RawHttp listen(BelfryProcess server, String rest) {
        RawHttp client = RawHttp.request(
                server.port(),
                "GET /api/notifications" + rest + " HTTP/1.1\nHost: localhost\nAccept: application/x-ndjson");
        client.untilContains("\r\n\r\n");
        return client;
    }

    @Test
    void deletedEventsStayDeletedWhenTheServerStartsAgain() {
        try (BelfryProcess server = BelfryProcess.start(directory)) {
            String before = publish(server, "b", "first");
            publish(server, "a", "secret");
            publish(server, "b", "kept");
            try (RawHttp live = listen(server, "")) {
                assertThat(ask(server, "DELETE", "/api/topics/a/events").toString())
                        .isEqualTo("{\"deleted\":1}");
                publish(server, "a", "later");
                assertThat(live.untilContains("later")).doesNotContain("belfry.gap");
            }
            assertReadersAreTold(server, before);
            server.close();
            try (BelfryProcess again = server.startAgain()) {
                assertReadersAreTold(again, before);
                JsonNode topic = ask(again, "GET", "/api/topics/a");
                assertThat(topic.get("events").asInt()).isEqualTo(1);
                assertThat(ask(again, "GET", "/api/topics")
                                .get("topics")
                                .get(0)
                                .get("topic")
                                .asString())
                        .isEqualTo("a");
            }
        }
    }

    private static void assertReadersAreTold(BelfryProcess server, String before) {
        try (RawHttp reader = listen(server, "?after=" + before)) {
            assertThat(reader.untilContains("later"))
                    .contains("kept", "\"reason\":\"removed\"")
                    .doesNotContain("secret");
        }
    }

    @Test
    void streamsAreListedAndEndedAndAnEventsReachIsTold() {
        try (BelfryProcess server = BelfryProcess.start(directory);
                RawHttp one = listen(server, "?topic=a");
                RawHttp other = listen(server, "?topic=b")) {
            await().until(() ->
                    ask(server, "GET", "/api/subscribers").get("matching").asInt() == 2);
            String id = publish(server, "a", "x");
            one.untilContains("\"x\"");
            JsonNode reach = ask(server, "GET", "/api/notifications/" + id + "/reach");
            assertThat(reach.get("subscribers").asInt()).isEqualTo(1);
            assertThat(reach.get("behind").asInt()).isZero();
            JsonNode listed = ask(server, "GET", "/api/subscribers?topic=b")
                    .get("subscribers")
                    .get(0);
            ask(server, "DELETE", "/api/subscribers/" + listed.get("id").asString());
            assertThat(other.untilEnd()).contains("\"reason\":\"disconnected\"");
            await().until(() ->
                    ask(server, "GET", "/api/subscribers").get("matching").asInt() == 1);
        }
    }

    @Test
    void joinsAndLeavesAreEventsIfAskedFor() {
        try (BelfryProcess server = BelfryProcess.start(directory, "--belfry.presence.enabled=true");
                RawHttp watcher = listen(server, "?topic=$belfry/subscribers/**")) {
            listen(server, "?topic=a").close();
            String seen = watcher.untilContains("belfry.left");
            assertThat(seen)
                    .contains("\"topic\":\"$belfry/subscribers/-\",\"event\":\"belfry.joined\"")
                    .contains("\"cause\":\"closed\"");
        }
    }
}
