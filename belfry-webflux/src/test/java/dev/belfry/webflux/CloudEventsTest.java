package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.Notification;
import dev.belfry.Publication;
import dev.belfry.testkit.RawHttp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CloudEvents at the doors: in both modes, and out of each transport that has them. */
class CloudEventsTest {
    private static final String STRUCTURED = "application/cloudevents+json";
    private static final String BATCHED = "application/cloudevents-batch+json";
    private static final String EVENT = "{\"specversion\":\"1.0\",\"id\":\"e1\",\"source\":\"/shop\","
            + "\"type\":\"order.placed\",\"subject\":\"orders/1\",\"data\":{\"n\":1}}";

    private final TestServer server = new TestServer();

    @AfterEach
    void close() {
        server.close();
    }

    private RawHttp post(String type, String body, String... fields) {
        String head = "POST /api/notifications HTTP/1.1\nHost: localhost\nConnection: close\nContent-Type: " + type
                + "\nContent-Length: " + body.length();
        String all = fields.length == 0 ? head : head + "\n" + String.join("\n", fields);
        return RawHttp.request(server.port(), all).send(body);
    }

    private RawHttp get(String rest, String accept, String... fields) {
        String head = "GET /api/notifications" + rest + " HTTP/1.1\nHost: localhost\nAccept: " + accept;
        return RawHttp.request(server.port(), fields.length == 0 ? head : head + "\n" + String.join("\n", fields));
    }

    @Test
    void oneIsAnEventOnEveryTransport() {
        try (RawHttp http = post(STRUCTURED, EVENT)) {
            assertThat(http.status()).isEqualTo(201);
        }
        try (RawHttp http = get("", "application/json", "Connection: close")) {
            assertThat(http.bodyToEnd())
                    .contains("\"topic\":\"orders/1\",\"event\":\"order.placed\",\"attributes\":{\"id\":\"e1\","
                            + "\"source\":\"/shop\"},\"time\":\"")
                    .contains("\"data\":{\"n\":1}}]");
        }
        try (RawHttp http = get("?after=earliest", "text/event-stream")) {
            http.untilContains("event: order.placed\ndata: {\"n\":1}\nid: ");
        }
    }

    @Test
    void whatComesAgainInTheOtherModeIsNotStoredAgainAndAnotherUnderItsNameIsRefused() {
        try (RawHttp http = post(STRUCTURED, EVENT)) {
            assertThat(http.header("Idempotent-Replayed")).isEmpty();
        }
        String[] headers = {
            "ce-id: e1", "ce-source: /shop", "ce-specversion: 1.0", "ce-type: order.placed", "ce-subject: orders/1"
        };
        try (RawHttp http = post("application/json", "{\"n\":1}", headers)) {
            assertThat(http.status()).as("it has a datacontenttype").isEqualTo(422);
        }
        try (RawHttp http =
                post(STRUCTURED, "{ \"data\":{\"n\":1}," + EVENT.substring(1).replace(",\"data\":{\"n\":1}", ""))) {
            assertThat(http.status()).isEqualTo(201);
            assertThat(http.header("Idempotent-Replayed")).isEqualTo("true");
        }
        assertThat(server.log.status().keptEvents()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {STRUCTURED, BATCHED})
    void aPollIsABatchWithItsCursorInTheHead(String accept) {
        try (RawHttp http = post(STRUCTURED, EVENT)) {
            assertThat(http.status()).isEqualTo(201);
        }
        String id = server.log
                .append(Publication.of(Notification.of("plain", "x")))
                .join()
                .first()
                .toString();
        try (RawHttp http = get("?limit=1", accept, "Connection: close")) {
            assertThat(http.header("Belfry-More")).isEqualTo("true");
            assertThat(http.header("Last-Event-ID")).isNotEmpty().isNotEqualTo(id);
        }
        try (RawHttp http = get("", accept, "Connection: close")) {
            assertThat(http.header("Content-Type")).isEqualTo(BATCHED);
            assertThat(http.header("Last-Event-ID")).isEqualTo(id);
            assertThat(http.header("Belfry-More")).isEqualTo("false");
            assertThat(http.bodyToEnd())
                    .startsWith(
                            "[{\"specversion\":\"1.0\",\"type\":\"order.placed\",\"id\":\"e1\",\"source\":\"/shop\",")
                    .contains("},{\"specversion\":\"1.0\",\"type\":\"notification\",\"id\":\"" + id
                            + "\",\"source\":\"/api/notifications\",\"subject\":\"plain\",")
                    .endsWith("\"data\":\"x\"}]\n");
        }
        try (RawHttp http = get("?after=" + id, accept, "Connection: close")) {
            assertThat(http.header("Last-Event-ID")).isEqualTo(id);
            assertThat(http.bodyToEnd()).isEqualTo("[]\n");
        }
    }

    @Test
    void aStreamHasOneInEachLine() {
        try (RawHttp http = get("?after=now", "application/cloudevents+x-ndjson")) {
            assertThat(http.header("Content-Type")).isEqualTo("application/cloudevents+x-ndjson");
            try (RawHttp post = post(STRUCTURED, EVENT)) {
                assertThat(post.status()).isEqualTo(201);
            }
            http.untilContains("\"data\":{\"n\":1}}\n");
            server.log.append(Publication.of(Notification.of("plain", "x"))).join();
            assertThat(http.untilContains("\"data\":\"x\"}\n")).contains("\n{\"specversion\":\"1.0\"");
        }
    }

    @Test
    void aGapIsOneToo() {
        try (RawHttp http = get("?after=zzz-5", STRUCTURED, "Connection: close")) {
            assertThat(http.bodyToEnd())
                    .startsWith("[{\"specversion\":\"1.0\",\"type\":\"belfry.gap\",")
                    .contains("\"reason\":\"unknown-epoch\"");
        }
    }

    @Test
    void oneEventIsOneCloudEventOrABatchOfOne() {
        String id = server.log
                .append(Publication.of(Notification.of("plain", "x")))
                .join()
                .first()
                .toString();
        try (RawHttp http = get("/" + id, STRUCTURED, "Connection: close")) {
            assertThat(http.header("Content-Type")).isEqualTo(STRUCTURED);
            assertThat(http.bodyToEnd()).startsWith("{\"specversion\"").endsWith("\"data\":\"x\"}\n");
        }
        try (RawHttp http = get("/" + id, BATCHED, "Connection: close")) {
            assertThat(http.bodyToEnd()).startsWith("[{\"specversion\"").endsWith("\"data\":\"x\"}]\n");
        }
    }

    @Test
    void aCloudEventThatBreaksARuleStoresNothing() {
        try (RawHttp http = post(BATCHED, "[" + EVENT + ",{}]")) {
            assertThat(http.status()).isEqualTo(400);
            assertThat(http.bodyByLength()).contains("invalid-cloudevent");
        }
        assertThat(server.log.head().offset()).isZero();
    }
}
