package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.InMemoryEventLog;
import dev.belfry.LogSettings;
import dev.belfry.Notification;
import dev.belfry.Publication;
import dev.belfry.testkit.ManualClock;
import dev.belfry.testkit.RawHttp;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Who listens, what there is, how far it has got; and the ends of streams and events. */
class AdministrationTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String ADMIN = "admin;$belfry/**,**;2027-01-01T00:00:00Z";

    private final ManualClock clock = new ManualClock();
    private final TestServer server = new TestServer(
            EndpointSettings.DEFAULT,
            new InMemoryEventLog(LogSettings.DEFAULT.withClock(clock)),
            http -> http,
            List.of(),
            new TestTokens(clock));
    private final List<RawHttp> clients = new ArrayList<>();

    @AfterEach
    void close() {
        clients.forEach(RawHttp::close);
        server.close();
    }

    private String publish(String topic, String text) {
        return server.log
                .append(Publication.of(Notification.of(topic, text)))
                .join()
                .first()
                .toString();
    }

    private RawHttp listen(String subject, String rest, String accept) {
        RawHttp client = request("GET", "/api/notifications" + rest, subject + ";**;2027-01-01T00:00:00Z", accept);
        clients.add(client);
        client.untilContains("\r\n\r\n");
        return client;
    }

    private RawHttp request(String method, String target, String token, String accept) {
        return RawHttp.request(
                server.port(),
                method + " " + target + " HTTP/1.1\nHost: localhost\nAuthorization: " + token + "\nAccept: " + accept);
    }

    private JsonNode ask(String method, String target, int status) {
        try (RawHttp client = request(method, target, ADMIN, "application/json")) {
            String body = client.bodyByLength();
            assertThat(client.status()).as(body).isEqualTo(status);
            return JSON.readTree(body);
        }
    }

    private JsonNode get(String target) {
        return ask("GET", target, 200);
    }

    private void awaitSubscribers(int count) {
        await().untilAsserted(() ->
                assertThat(get("/api/subscribers").get("matching").asInt()).isEqualTo(count));
    }

    private static List<String> texts(JsonNode array, String field) {
        List<String> texts = new ArrayList<>();
        array.forEach(node -> texts.add(node.get(field).asString()));
        return texts;
    }

    // ---- who may

    @ParameterizedTest
    @CsvSource({
        "GET, /api/subscribers",
        "GET, /api/topics",
        "GET, /api/topics/a",
        "GET, /api/notifications/3k-1/reach",
        "DELETE, /api/subscribers?subject=x",
        "DELETE, /api/topics/a/events"
    })
    void onlyThoseWithTheGrantMay(String method, String target) {
        publish("a", "1");
        for (String grants : List.of("**", "", "$belfry/subscribers/**")) {
            try (RawHttp client = request(method, target, "me;" + grants + ";2027-01-01T00:00:00Z", "*/*")) {
                assertThat(client.status()).isEqualTo(403);
                assertThat(client.bodyByLength()).contains("\"code\":\"forbidden\"");
            }
        }
        try (RawHttp client = request(method, target, "wrong", "*/*")) {
            assertThat(client.status()).isEqualTo(401);
        }
        assertThat(get("/api/topics/a").get("events").asInt()).isEqualTo(1);
    }

    // ---- subscribers

    @Test
    void subscribersAreListedWithWhatTheyAreAndWhereTheyStand() {
        String head = publish("a", "1");
        listen("ann", "?topic=a&topic=b/*", "text/event-stream");
        awaitSubscribers(1);

        JsonNode one = get("/api/subscribers").get("subscribers").get(0);
        assertThat(one.get("subject").asString()).isEqualTo("ann");
        assertThat(one.get("topic").toString()).isEqualTo("[\"a\",\"b/*\"]");
        assertThat(one.get("since").asString()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(one.get("transport").asString()).isEqualTo("sse");
        assertThat(one.get("address").asString()).startsWith("127.0.0.1:");
        assertThat(one.get("state").asString()).isEqualTo("LIVE");
        assertThat(one.get("position").asString()).isEqualTo(head);
        assertThat(one.get("behindEstimate").toString()).isEqualTo("{\"events\":0,\"bytes\":0}");
        assertThat(get("/api/subscribers/" + one.get("id").asString())).isEqualTo(one);
    }

    @Test
    void subscribersAreFilteredCountedAndPaged() {
        for (int i = 0; i < 7; i++) {
            listen(
                    i % 2 == 0 ? "ann" : "bob",
                    "?topic=t/" + i % 3,
                    i < 5 ? "text/event-stream" : "application/x-ndjson");
        }
        awaitSubscribers(7);
        assertThat(get("/api/subscribers?subject=ann").get("matching").asInt()).isEqualTo(4);
        assertThat(get("/api/subscribers?transport=ndjson").get("matching").asInt())
                .isEqualTo(2);
        assertThat(get("/api/subscribers?topic=t/0").get("matching").asInt()).isEqualTo(3);
        assertThat(get("/api/subscribers?topic=t/0&subject=bob").get("matching").asInt())
                .isEqualTo(1);
        assertThat(get("/api/subscribers?count=topic").toString())
                .isEqualTo("{\"topics\":[{\"topic\":\"t/0\",\"subscribers\":3},{\"topic\":\"t/1\",\"subscribers\":2},"
                        + "{\"topic\":\"t/2\",\"subscribers\":2}],\"matching\":7,\"complete\":true}");

        Set<String> ids = new TreeSet<>();
        String after = "";
        int pages = 0;
        for (JsonNode next = JSON.readTree("\"\""); next != null; pages++) {
            JsonNode page = get("/api/subscribers?limit=2&after=" + after);
            ids.addAll(texts(page.get("subscribers"), "id"));
            next = page.get("next");
            after = next == null ? "" : next.asString();
        }
        assertThat(ids).hasSize(7);
        assertThat(pages).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/subscribers?limit=0",
                "/api/subscribers?limit=1001",
                "/api/subscribers?after=x",
                "/api/subscribers?count=x",
                "/api/subscribers?topic=a%00",
                "/api/subscribers/x",
                "/api/topics?before=x",
                "/api/notifications/x/reach"
            })
    void whatBreaksARuleIsRefused(String target) {
        assertThat(ask("GET", target, 400).get("code").asString()).startsWith("invalid-");
    }

    @Test
    void otherMethodsAndPathsAreRefused() {
        assertThat(ask("PUT", "/api/subscribers", 405).get("code").asString()).isEqualTo("method-not-allowed");
        assertThat(ask("DELETE", "/api/topics", 404).get("code").asString()).isEqualTo("not-found");
        assertThat(ask("DELETE", "/api/topics/a", 404).get("code").asString()).isEqualTo("not-found");
        assertThat(ask("DELETE", "/api/subscribers", 400).get("code").asString())
                .isEqualTo("invalid-query");
    }

    // ---- the ends of streams

    @Test
    void aSubscriberIsDisconnectedByItsId() {
        RawHttp ann = listen("ann", "", "text/event-stream");
        RawHttp bob = listen("bob", "", "application/x-ndjson");
        awaitSubscribers(2);
        String id = get("/api/subscribers?subject=ann")
                .get("subscribers")
                .get(0)
                .get("id")
                .asString();
        assertThat(ask("DELETE", "/api/subscribers/" + id, 200).toString()).isEqualTo("{\"disconnected\":1}");
        assertThat(ann.untilEnd()).contains("event: belfry.end\ndata: {\"reason\":\"disconnected\"}");
        awaitSubscribers(1);
        assertThat(ask("DELETE", "/api/subscribers/" + id, 404).get("code").asString())
                .isEqualTo("unknown-subscriber");
        publish("a", "goes on");
        bob.untilContains("goes on");
    }

    @Test
    void allStreamsOfASubjectAreDisconnected() {
        List<RawHttp> ann = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ann.add(listen("ann", "", "application/x-ndjson"));
        }
        RawHttp bob = listen("bob", "", "application/x-ndjson");
        awaitSubscribers(21);
        assertThat(ask("DELETE", "/api/subscribers?subject=ann", 200).toString())
                .isEqualTo("{\"disconnected\":20}");
        ann.forEach(client -> assertThat(client.untilEnd()).contains("\"reason\":\"disconnected\""));
        publish("a", "goes on");
        bob.untilContains("goes on");
        assertThat(ask("DELETE", "/api/subscribers?subject=ann", 200).toString())
                .isEqualTo("{\"disconnected\":0}");
    }

    // ---- topics

    @Test
    void topicsAreListedByTheirNewestEvent() {
        publish("a/1", "x");
        publish("b", "x");
        String a2 = publish("a/2", "x");
        publish("a/2", "x");
        String b = publish("b", "x");

        JsonNode all = get("/api/topics");
        assertThat(texts(all.get("topics"), "topic")).containsExactly("b", "a/2", "a/1");
        assertThat(all.get("topics").get(0).get("newest").asString()).isEqualTo(b);
        assertThat(all.get("more").asBoolean()).isFalse();
        assertThat(texts(get("/api/topics?prefix=a/").get("topics"), "topic")).containsExactly("a/2", "a/1");
        JsonNode page = get("/api/topics?limit=2");
        assertThat(texts(page.get("topics"), "topic")).containsExactly("b", "a/2");
        assertThat(page.get("more").asBoolean()).isTrue();
        JsonNode rest = get("/api/topics?limit=2&before=" + page.get("next").asString());
        assertThat(texts(rest.get("topics"), "topic")).containsExactly("a/1");
        assertThat(a2).isNotEqualTo(b);
    }

    @Test
    void aTopicSaysWhatItHas() {
        String first = publish("a/b", "12345");
        clock.advance(Duration.ofSeconds(5));
        String last = publish("a/b", "123");
        publish("a", "x");
        listen("ann", "?topic=a/*", "text/event-stream");
        listen("ann", "?topic=b", "text/event-stream");
        awaitSubscribers(2);

        String expected = "{\"topic\":\"a/b\",\"events\":2,\"bytes\":8,\"exact\":true,\"oldest\":{\"id\":\"" + first
                + "\",\"time\":\"2026-01-01T00:00:00Z\"},\"newest\":\"" + last + "\",\"subscribers\":1}";
        assertThat(get("/api/topics/a/b").toString()).isEqualTo(expected);
        assertThat(get("/api/topics/a%2Fb").toString()).isEqualTo(expected);
        assertThat(get("/api/topics/nothing").get("events").asInt()).isZero();
    }

    @Test
    void theEventsOfATopicAreDeletedAndReadersBehindThemAreTold() {
        RawHttp live = listen("ann", "", "application/x-ndjson");
        // what streams keep for those that come a little later reaches back to here
        String first = publish("b", "first");
        publish("a", "secret 1");
        publish("b", "kept 1");
        String newest = publish("a", "secret 2");
        live.untilContains("secret 2");
        assertThat(ask("DELETE", "/api/topics/a/events", 200).toString()).isEqualTo("{\"deleted\":2}");

        publish("b", "kept 2");
        assertThat(live.untilContains("kept 2")).doesNotContain("belfry.gap");
        for (String accept : List.of("application/x-ndjson", "text/event-stream")) {
            RawHttp late = listen("ann", "?after=" + first, accept);
            assertThat(late.untilContains("kept 2"))
                    .contains("kept 1", "belfry.gap", "\"reason\":\"removed\"", newest)
                    .doesNotContain("secret");
        }
        RawHttp other = listen("ann", "?topic=b&after=earliest", "application/x-ndjson");
        assertThat(other.untilContains("kept 2")).doesNotContain("belfry.gap");
    }

    // ---- reach

    @Test
    void reachSaysWhoHasGotAnEvent() {
        listen("ann", "?topic=a", "application/x-ndjson");
        listen("bob", "?topic=*", "application/x-ndjson");
        listen("eve", "?topic=b", "application/x-ndjson");
        awaitSubscribers(3);
        clock.advance(Duration.ofSeconds(1));
        String id = publish("a", "x");
        clock.advance(Duration.ofSeconds(1));
        listen("late", "?topic=a", "application/x-ndjson");
        awaitSubscribers(4);

        await().untilAsserted(() -> assertThat(
                        get("/api/notifications/" + id + "/reach").toString())
                .isEqualTo("{\"id\":\"" + id + "\",\"subscribers\":3,\"written\":2,\"later\":1,\"behind\":0}"));
        String none = id.substring(0, id.indexOf('-')) + "-999";
        assertThat(ask("GET", "/api/notifications/" + none + "/reach", 404)
                        .get("code")
                        .asString())
                .isEqualTo("unknown-event");
    }

    @Test
    void reachNamesTheSlowestOfThoseThatAreBehind() {
        // a client that reads nothing, of more than its socket and its channel take
        RawHttp slow = listen("slow", "?topic=a", "application/x-ndjson");
        listen("ann", "?topic=a", "application/x-ndjson");
        awaitSubscribers(2);
        clock.advance(Duration.ofSeconds(1));
        CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> drain(clients.get(1)));
        for (int i = 0; i < 150; i++) {
            publish("a", "x".repeat(200_000));
        }
        String id = publish("a", "the last one");
        await().untilAsserted(() -> {
            JsonNode reach = get("/api/notifications/" + id + "/reach");
            assertThat(reach.get("written").asInt()).isEqualTo(1);
            assertThat(reach.get("behind").asInt()).isEqualTo(1);
            assertThat(reach.get("slowest").get("subject").asString()).isEqualTo("slow");
        });
        JsonNode listed =
                get("/api/subscribers?subject=slow").get("subscribers").get(0);
        assertThat(listed.get("state").asString()).isEqualTo("BEHIND");
        assertThat(listed.get("behindEstimate").get("events").asInt()).isBetween(1, 151);
        assertThat(listed.get("behindEstimate").get("bytes").asLong()).isGreaterThan(100_000);
        slow.close();
        server.close();
        reader.orTimeout(30, TimeUnit.SECONDS).join();
    }

    private static void drain(RawHttp client) {
        try {
            client.stream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
