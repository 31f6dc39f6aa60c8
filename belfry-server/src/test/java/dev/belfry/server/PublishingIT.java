package dev.belfry.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What can be posted, what it becomes, and how it is refused. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PublishingIT {
    private static final int TOO_LARGE = 5 << 20;

    private BelfryProcess belfry;

    @BeforeAll
    void start(@TempDir Path directory) {
        belfry = BelfryProcess.start(directory);
    }

    @AfterAll
    void stop() {
        belfry.close();
    }

    private HttpResponse<String> post(String rest, String type, String body) {
        return Http.send("POST", belfry.notifications(rest), body, "Content-Type", type);
    }

    /** The events of a topic, all that are kept. */
    private JsonNode events(String topic) {
        return Json.tree(Http.get(belfry.notifications("?topic=" + topic)).body())
                .get("events");
    }

    private JsonNode onlyEvent(String topic) {
        JsonNode events = events(topic);
        assertThat(events).hasSize(1);
        return events.get(0);
    }

    @Test
    void aNotificationIsAnsweredWithItsId() {
        HttpResponse<String> response = post("", Http.JSON, "{\"topic\":\"one\",\"event\":\"e\",\"data\":{\"a\":1}}");

        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(response.headers().firstValue("Content-Type")).hasValue(Http.JSON);
        JsonNode answer = Json.tree(response.body());
        JsonNode event = onlyEvent("one");
        assertThat(answer.get("id")).isEqualTo(event.get("id"));
        assertThat(answer.get("ids")).hasSize(1);
        assertThat(event.get("event").asString()).isEqualTo("e");
        assertThat(event.get("topic").asString()).isEqualTo("one");
        assertThat(event.get("data").get("a").asInt()).isEqualTo(1);
        assertThat(event.get("time").asString()).endsWith("Z");
    }

    @Test
    void theTutorialsNotificationIsALineOfTypeAndMessage() throws Exception {
        try (Feed feed = Transport.SSE.open(belfry.notifications("?topic=notifications"), null)) {
            Http.publish(belfry.notifications(""), Http.JSON, "{\"type\":\"INFO\",\"message\":\"Deploy finished\"}");

            Received event = feed.next();
            assertThat(event.event()).isEqualTo("notification");
            assertThat(event.data()).isEqualTo("INFO: Deploy finished");
        }
    }

    @Test
    void curlDashDDoesWhatAPersonExpects() throws Exception {
        assumeTrue(hasCurl(), "there is no curl");
        Process curl = new ProcessBuilder(
                        "curl",
                        "-sS",
                        "-d",
                        "Backup done",
                        belfry.notifications("/backups").toString())
                .redirectErrorStream(true)
                .start();
        String answer = new String(curl.getInputStream().readAllBytes(), UTF_8);
        assertThat(curl.waitFor(30, TimeUnit.SECONDS)).isTrue();

        assertThat(Json.tree(answer).get("id")).isEqualTo(onlyEvent("backups").get("id"));
        assertThat(onlyEvent("backups").get("data").asString()).isEqualTo("Backup done");
    }

    private static boolean hasCurl() {
        return Stream.of(System.getenv("PATH").split(":")).anyMatch(dir -> Files.isExecutable(Path.of(dir, "curl")));
    }

    @Test
    void theTopicOfAUrlIsDecodedOnce() {
        Http.publish(belfry.notifications("/r%C3%A4ume/a%20b%2525/%2B+"), "text/plain; charset=utf-8", "x");

        assertThat(onlyEvent("r%C3%A4ume/**").get("topic").asString()).isEqualTo("r\u00E4ume/a b%25/++");
    }

    @Test
    void aTextOfAnotherCharsetIsReadAsSuch() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(belfry.notifications("/latin"))
                .header("Content-Type", "text/plain; charset=ISO-8859-1")
                .POST(BodyPublishers.ofByteArray(new byte[] {'a', (byte) 0xE9}))
                .build();

        assertThat(Http.client().send(request, BodyHandlers.ofString()).statusCode())
                .isEqualTo(201);
        assertThat(onlyEvent("latin").get("data").asString()).isEqualTo("a\u00E9");
    }

    @Test
    void aBatchIsConsecutiveAndInOrder() {
        List<String> array = Http.publishNumbers(belfry, "batch", 0, 500);
        List<String> lines = Http.publish(
                belfry.notifications(""),
                Http.NDJSON,
                "{\"topic\":\"batch\",\"data\":1}\n\n{\"topic\":\"batch\",\"data\":2}\r\n{\"topic\":\"batch\",\"data\":3}");

        assertThat(offset(array.get(499)) - offset(array.get(0))).isEqualTo(499);
        assertThat(offset(lines.get(2)) - offset(lines.get(0))).isEqualTo(2);
        assertThat(array).doesNotHaveDuplicates();
    }

    private static long offset(String id) {
        return Long.parseLong(id.substring(id.indexOf('-') + 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"topic\":\"atomic\",\"data\":\"b\",\"nonsense\":1}",
                "{\"topic\":\"atomic\"}",
                "{\"topic\":\"$atomic\",\"data\":1}",
                "7",
                "{\"topic\":\"atomic\",\"data\":"
            })
    void ofABatchWithABadElementNothingIsStored(String bad) {
        String good = Http.notification("atomic", "a");

        assertThat(post("", Http.JSON, "[" + good + "," + bad + "]").statusCode())
                .isEqualTo(400);
        assertThat(post("", Http.NDJSON, good + "\n" + bad + "\n").statusCode()).isEqualTo(400);
        assertThat(events("atomic")).isEmpty();
    }

    @Test
    void anEmptyBatchIsNoPublication() {
        HttpResponse<String> response = post("", Http.JSON, "[]");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(Http.code(response)).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ | invalid-json",
                "{'data':1} | invalid-json",
                "{\"data\":1} x | invalid-json",
                "{\"data\":01} | invalid-json",
                "{\"data\":NaN} | invalid-json",
                "\"text\" | invalid-notification",
                "{\"data\":1,\"dta\":2} | unknown-field",
                "{\"data\":1,\"id\":\"1-1\"} | unknown-field",
                "{\"data\":1,\"data\":2} | duplicate-field",
                "{} | missing-data",
                "{\"topic\":\"a\\rb\",\"data\":1} | invalid-topic",
                "{\"topic\":\"a\\nb\",\"data\":1} | invalid-topic",
                "{\"topic\":\"a\\u0000b\",\"data\":1} | invalid-topic",
                "{\"topic\":\"a\\u2028b\",\"data\":1} | invalid-topic",
                "{\"topic\":\"\",\"data\":1} | invalid-topic",
                "{\"topic\":\"a/**/b\",\"data\":1} | invalid-topic",
                "{\"topic\":\"a/*\",\"data\":1} | invalid-topic",
                "{\"topic\":[],\"data\":1} | invalid-topic",
                "{\"event\":\"a\\rb\",\"data\":1} | invalid-event",
                "{\"event\":\"a\\r\\ndata: b\",\"data\":1} | invalid-event",
                "{\"event\":\"a\\nb\",\"data\":1} | invalid-event",
                "{\"event\":\"a\\u0000b\",\"data\":1} | invalid-event",
                "{\"event\":\"\",\"data\":1} | invalid-event",
                "{\"event\":7,\"data\":1} | invalid-event",
                "{\"event\":\"belfry.gap\",\"data\":1} | reserved-event",
                "{\"topic\":\"$belfry/gap\",\"data\":1} | reserved-topic",
                "{\"data\":\"\\ud800\"} | invalid-data",
                "{\"data\":1,\"ttl\":\"soon\"} | invalid-ttl",
                "{\"data\":1,\"ttl\":-1} | invalid-ttl",
                "{\"data\":1,\"public\":\"yes\"} | invalid-public",
                "{\"data\":1,\"message\":\"x\"} | invalid-data"
            })
    void aBadNotificationIsRefusedWithItsReason(String json, String code) {
        HttpResponse<String> response = post("", Http.JSON, json);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(Http.code(response)).isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a%0Db", "/a%0Ab", "/a%00b", "/a%0D%0Ab", "/%24belfry", "/a/*", "/%FF", "/**/b"})
    void aBadTopicInTheUrlIsRefused(String path) {
        HttpResponse<String> response = post(path, "text/plain", "x");

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(Http.code(response)).isIn("invalid-topic", "reserved-topic");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://example.com/books/1", "/", "//slashes/", "star*", "%E4%B8%AD"})
    void aTopicMayBeAUrlInPathAndQuery(String topic) {
        assertThat(post("/" + topic, "text/plain", "path").statusCode()).isEqualTo(201);
        assertThat(post("?topic=" + topic, "text/plain", "query").statusCode()).isEqualTo(201);

        assertThat(events(topic)).hasSize(2);
        assertThat(Json.tree(Http.get(belfry.notifications("/" + topic)).body()).get("events"))
                .isEqualTo(events(topic));
    }

    @Test
    void theLongestTopicFitsIntoAUrl() {
        String topic = "%E4%B8%AD".repeat(1024);

        assertThat(post("/" + topic, "text/plain", "x").statusCode()).isEqualTo(201);

        assertThat(onlyEvent(topic).get("topic").asString()).isEqualTo("\u4E2D".repeat(1024));
        assertThat(Http.code(post("/" + topic + "x", "text/plain", "x"))).isEqualTo("invalid-topic");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%0Db", "a%0Ab", "a%00b", "belfry.x", ""})
    void aBadEventNameInTheUrlIsRefused(String event) {
        HttpResponse<String> response = post("/topic?event=" + event, "text/plain", "x");

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(Http.code(response)).isIn("invalid-event", "reserved-event");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/xml", "image/png", "nonsense", "application/json; charset=utf-16"})
    void aBodyOfAnotherTypeIsRefused(String type) {
        HttpResponse<String> response = post("", type, "<a/>");

        assertThat(response.statusCode()).isIn(400, 415);
        assertThat(Http.code(response)).isIn("unsupported-media-type", "invalid-json", "invalid-charset");
    }

    @Test
    void invalidUtf8IsRefused() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(belfry.notifications("/utf"))
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofByteArray(new byte[] {'a', (byte) 0xC3, 'b'}))
                .build();

        assertThat(Http.code(Http.client().send(request, BodyHandlers.ofString())))
                .isEqualTo("invalid-charset");
    }

    @Test
    void aBodyThatIsAnnouncedAsTooLargeIsRefusedBeforeItComes() throws Exception {
        try (RawHttp http = new RawHttp(
                belfry.port(),
                "POST /api/notifications/large HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
                        + "Content-Length: " + TOO_LARGE + "\r\n\r\n")) {
            assertThat(http.status()).isEqualTo(413);
            assertThat(http.header("content-type")).isEqualTo("application/problem+json");
            assertThat(http.header("connection")).isEqualTo("close");
            assertThat(Json.tree(http.readToEnd()).get("code").asString()).isEqualTo("body-too-large");
        }
    }

    @Test
    void aBodyThatBecomesTooLargeIsRefused() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(belfry.notifications("/large"))
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[(4 << 20) + 1])))
                .build();

        HttpResponse<String> response = Http.client().send(request, BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(Http.code(response)).isEqualTo("body-too-large");
        assertThat(events("large")).isEmpty();
    }

    @Test
    void aBatchOfTooManyIsRefused() {
        HttpResponse<String> response = post("", Http.JSON, Http.numbers("many", 0, 1001));

        assertThat(Http.code(response)).isEqualTo("batch-too-large");
        assertThat(events("many")).isEmpty();
    }

    @Test
    void anEmptyBodyOfNoTypeIsNothingToPublish() {
        assertThat(Http.code(Http.send("POST", belfry.notifications("/empty"), "")))
                .isEqualTo("empty-body");
    }

    private HttpResponse<String> postWithKey(BelfryProcess to, String key, String body) {
        return Http.send(
                "POST", to.notifications("/keyed"), body, "Content-Type", "text/plain", "Idempotency-Key", key);
    }

    @Test
    void theSameKeyGetsTheSameAnswerAlsoAfterARestartAndAnotherBodyIsAConflict(@TempDir Path directory) {
        try (BelfryProcess before = BelfryProcess.start(directory)) {
            List<String> ids = Http.ids(postWithKey(before, "\"k 1\"", "x"));
            HttpResponse<String> again = postWithKey(before, "k 1", "x");

            assertThat(Http.ids(again)).isEqualTo(ids);
            assertThat(again.headers().firstValue("Idempotent-Replayed")).hasValue("true");
            assertThat(Http.ids(postWithKey(before, "k 2", "x"))).isNotEqualTo(ids);

            before.stop();
            try (BelfryProcess after = before.startAgain()) {
                assertThat(Http.ids(postWithKey(after, "k 1", "x"))).isEqualTo(ids);
                HttpResponse<String> other = postWithKey(after, "k 1", "y");
                assertThat(other.statusCode()).isEqualTo(422);
                assertThat(Http.code(other)).isEqualTo("idempotency-conflict");
                assertThat(Json.tree(Http.get(after.notifications("?topic=keyed"))
                                        .body())
                                .get("events"))
                        .hasSize(2);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  "})
    void anEmptyKeyIsRefused(String key) {
        assertThat(Http.code(postWithKey(belfry, key, "x"))).isEqualTo("invalid-idempotency-key");
    }

    @Test
    void anEventOfSeveralTopicsComesOnce() throws Exception {
        try (Feed feed = Transport.NDJSON.open(belfry.notifications("?topic=several/*&topic=several/b"), null)) {
            List<String> ids = Http.publish(
                    belfry.notifications(""),
                    Http.JSON,
                    "[{\"topic\":[\"several/a\",\"several/b\"],\"data\":1},{\"topic\":\"several/b\",\"data\":2}]");

            assertThat(feed.next(2)).extracting(Received::id).isEqualTo(ids);
        }
    }

    @Test
    void anEventWhoseTimeIsOverIsNotReplayed() {
        Http.publish(belfry.notifications(""), Http.JSON, "{\"topic\":\"ttl\",\"data\":1,\"ttl\":\"PT0.001S\"}");
        Http.publish(belfry.notifications(""), Http.JSON, "{\"topic\":\"ttl\",\"data\":2,\"ttl\":3600}");

        Awaitility.await().until(() -> events("ttl").size() == 1);
        assertThat(onlyEvent("ttl").get("data").asInt()).isEqualTo(2);
    }
}
