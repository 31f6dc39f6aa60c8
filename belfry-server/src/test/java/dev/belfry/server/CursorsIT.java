package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One cursor for every door, and every spelling of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CursorsIT {
    private BelfryProcess belfry;
    private List<String> ids;

    @BeforeAll
    void start(@TempDir Path directory) {
        belfry = BelfryProcess.start(directory);
        ids = Http.publishNumbers(belfry, "cursors", 0, 10);
    }

    @AfterAll
    void stop() {
        belfry.close();
    }

    static Stream<Transport> transports() {
        return Stream.of(Transport.values()).filter(transport -> transport != Transport.SSE_TLS);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aCursorTakenOnOneTransportResumesOnEveryOther(Transport first) throws Exception {
        String cursor;
        try (Feed feed = first.open(belfry.notifications("?topic=cursors"), "earliest")) {
            cursor = feed.next(5).get(4).id();
        }
        assertThat(cursor).isEqualTo(ids.get(4));
        for (Transport second : transports().toList()) {
            try (Feed feed = second.open(belfry.notifications("?topic=cursors"), cursor)) {
                assertThat(feed.next(5))
                        .as(second.name())
                        .extracting(Received::id)
                        .isEqualTo(ids.subList(5, 10));
            }
        }
    }

    @Test
    void theNextCursorOfAnEmptyPollResumesOnEveryTransport() throws Exception {
        HttpResponse<String> empty = Http.get(belfry.notifications("?topic=nothing&after=" + ids.get(4)));
        String next = Json.tree(empty.body()).get("next").asString();
        List<String> later = Http.publishNumbers(belfry, "later", 0, 2);

        for (Transport transport : transports().toList()) {
            try (Feed feed = transport.open(belfry.notifications("?topic=later"), next)) {
                assertThat(feed.next(2))
                        .as(transport.name())
                        .extracting(Received::id)
                        .isEqualTo(later);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lastEventId", "last_event_id", "lastEventID", "after"})
    void theQueryHasFourNamesForIt(String name) throws Exception {
        URI uri = belfry.notifications("?topic=cursors&" + name + "=" + ids.get(7));

        assertThat(polledIds(uri)).isEqualTo(ids.subList(8, 10));
        for (Transport transport : List.of(Transport.SSE, Transport.NDJSON, Transport.WEBSOCKET)) {
            try (Feed feed = transport.open(uri, null)) {
                assertThat(feed.next(2))
                        .as(transport.name())
                        .extracting(Received::id)
                        .isEqualTo(ids.subList(8, 10));
            }
        }
    }

    @Test
    void theHeaderIsForEveryTransport() throws Exception {
        assertThat(polledIds(belfry.notifications("?topic=cursors"), "Last-Event-ID", ids.get(7)))
                .isEqualTo(ids.subList(8, 10));
        URI uri = URI.create(belfry.notifications("?topic=cursors").toString().replaceFirst("http", "ws"));
        try (WebSocketClient client =
                WebSocketClient.connect(Http.client().newWebSocketBuilder().header("Last-Event-ID", ids.get(8)), uri)) {
            assertThat(Json.tree(client.nextMessage()).get("id").asString()).isEqualTo(ids.get(9));
        }
    }

    @Test
    void theHeaderOfAReconnectGoesBeforeTheQueryOfTheFirstConnect() {
        URI uri = belfry.notifications("?topic=cursors&lastEventId=" + ids.get(1));

        assertThat(polledIds(uri, "Last-Event-ID", ids.get(8))).containsExactly(ids.get(9));
        assertThat(polledIds(uri, "Last-Event-ID", "")).isEqualTo(ids.subList(2, 10));
    }

    private static List<String> polledIds(URI uri, String... headers) {
        HttpResponse<String> response = Http.get(uri, headers);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        List<String> polled = new ArrayList<>();
        Json.tree(response.body())
                .get("events")
                .forEach(event -> polled.add(event.get("id").asString()));
        return polled;
    }

    @Test
    void earliestIsAllThatIsKeptAndNowIsNothingOfIt() {
        assertThat(polledIds(belfry.notifications("?topic=cursors&after=earliest")))
                .isEqualTo(ids);
        assertThat(polledIds(belfry.notifications("?topic=cursors&after=now"))).isEmpty();
    }

    @Test
    void aTimeInEveryZoneIsACursor() {
        assertThat(polledIds(belfry.notifications("?topic=cursors&after=2020-01-01T00:00:00Z")))
                .isEqualTo(ids);
        assertThat(polledIds(belfry.notifications("?topic=cursors&after=2020-01-01T02:00:00%2B02:00")))
                .isEqualTo(ids);
        assertThat(polledIds(belfry.notifications("?topic=cursors&after=" + Instant.now())))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "1z-",
                "-5",
                "1z-05",
                "+1z-5",
                "1Z-5",
                "2026-11-22",
                "2026-99-22T10:00:00Z",
                "1z-5\u0660"
            })
    void nonsenseIsRefusedWithAReasonOnEveryTransport(String nonsense) {
        URI uri = belfry.notifications("?topic=cursors&after=" + URLEncoder.encode(nonsense, StandardCharsets.UTF_8));

        for (String accept : List.of(Http.JSON, Http.SSE, Http.NDJSON)) {
            HttpResponse<String> response = Http.get(uri, "Accept", accept);
            assertThat(response.statusCode()).as(accept).isEqualTo(400);
            assertThat(Http.code(response)).as(accept).isEqualTo("invalid-cursor");
        }
    }

    @Test
    void aCursorOfAnotherServersDataGetsAGap(@TempDir Path other) throws Exception {
        String foreign;
        try (BelfryProcess stranger = BelfryProcess.start(other)) {
            foreign = Http.publishNumbers(stranger, "cursors", 0, 3).get(1);
        }
        for (Transport transport : transports().toList()) {
            try (Feed feed = transport.open(belfry.notifications("?topic=cursors"), foreign)) {
                Received gap = feed.next();
                assertThat(gap.isGap()).as(transport.name()).isTrue();
                assertThat(Json.tree(gap.data()).get("reason").asString()).isEqualTo("unknown-epoch");
                assertThat(feed.next(10)).extracting(Received::id).isEqualTo(ids);
            }
        }
    }
}
