package dev.belfry.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.testkit.RawHttp;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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

/** The manners of HTTP on the one URL: methods, representations, validators, preferences, origins, hosts. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpIT {
    private static final String APP = "https://app.example.com";

    private BelfryProcess belfry;

    @BeforeAll
    void start(@TempDir Path directory) {
        belfry = BelfryProcess.start(
                directory, "--belfry.allowed-origins=" + APP, "--belfry.allowed-headers=HX-Request");
    }

    @AfterAll
    void stop() {
        belfry.close();
    }

    private URI uri(String rest) {
        return belfry.notifications(rest);
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    // ---- methods

    @ParameterizedTest
    @CsvSource({
        "application/json, application/json",
        "text/event-stream, text/event-stream",
        "application/x-ndjson, application/x-ndjson"
    })
    void headIsGetWithoutABodyAndEnds(String accept, String type) {
        Http.publishNumbers(belfry, "head", 0, 1);
        String head = "HEAD /api/notifications?topic=head&after=earliest HTTP/1.1\nHost: localhost\nAccept: " + accept;
        try (RawHttp http = RawHttp.request(belfry.port(), head + "\nConnection: close")) {
            assertThat(http.status()).isEqualTo(200);
            assertThat(http.header("Content-Type")).startsWith(type);
            assertThat(http.bodyToEnd()).isEmpty();
        }
        try (RawHttp http = RawHttp.request(belfry.port(), head)) {
            http.untilContains("\r\n\r\n");
            http.sendHead("OPTIONS /api/notifications HTTP/1.1\nHost: localhost\nConnection: close");
            assertThat(http.bodyToEnd())
                    .as("what follows on a connection that is kept")
                    .startsWith("HTTP/1.1 204 ");
        }
    }

    @Test
    void optionsSaysWhatThereIs() {
        HttpResponse<String> response = Http.send("OPTIONS", uri(""), "");

        assertThat(response.statusCode()).isIn(200, 204);
        assertThat(header(response, "Allow").split(", ")).contains("GET", "HEAD", "POST", "OPTIONS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "PATCH", "BREW"})
    void anotherMethodIsRefusedWithThoseThatThereAre(String method) {
        HttpResponse<String> response = Http.send(method, uri("/topic"), "");

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(header(response, "Allow").split(", ")).contains("GET", "HEAD", "POST", "OPTIONS");
        assertThat(Http.code(response)).isEqualTo("method-not-allowed");
    }

    /** Of an answer that comes later and one that comes at once, in turn, Reactor Netty 1.3.7 lost its next read. */
    @Test
    void aConnectionThatIsKeptIsReadFromAfterEveryKindOfAnswer() throws Exception {
        List<String> requests = List.of(
                "GET /api/notifications?topic=kept HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "PUT /api/notifications HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n",
                "OPTIONS /api/notifications HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "POST /api/notifications/kept HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx");
        List<Integer> statuses = List.of(200, 405, 204, 201);
        Random random = new Random(1);
        try (RawHttp http = new RawHttp(belfry.port())) {
            for (int i = 0; i < 2000; i++) {
                int next = random.nextInt(4);
                http.send(requests.get(next));
                assertThat(http.status()).as("answer %s", i).isEqualTo(statuses.get(next));
                http.next();
            }
        }
    }

    // ---- representations

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*/* | application/json",
                "application/* | application/json",
                "text/html, application/xhtml+xml, */*;q=0.8 | application/json",
                "application/json;q=0.5, application/x-ndjson | application/x-ndjson",
                "text/event-stream, application/json | text/event-stream",
                "text/* | text/event-stream"
            })
    void theClientsLikingChoosesTheTransport(String accept, String type) {
        assertThat(header(Http.send("HEAD", uri(""), "", "Accept", accept), "Content-Type"))
                .startsWith(type);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "image/*", "application/json;q=0", "nonsense"})
    void whatThereIsNotIsNotAcceptable(String accept) {
        HttpResponse<String> response = Http.get(uri(""), "Accept", accept);

        assertThat(response.statusCode()).isEqualTo(406);
        assertThat(Http.code(response)).isEqualTo("not-acceptable");
    }

    @Test
    void aStreamIsNeitherStoredNorChangedNorBufferedOnItsWay() {
        HttpResponse<String> response = Http.send("HEAD", uri(""), "", "Accept", Http.SSE);

        assertThat(header(response, "Cache-Control")).contains("no-store").contains("no-transform");
        assertThat(header(response, "X-Accel-Buffering")).isEqualTo("no");
        assertThat(response.headers().allValues("Vary")).contains("Accept");
    }

    @Test
    void anSseStreamBeginsWithACommentAndATimeToComeBack() throws Exception {
        try (RawHttp http = RawHttp.request(
                belfry.port(), "GET /api/notifications HTTP/1.0\nHost: localhost\nAccept: text/event-stream")) {
            assertThat(http.status()).isEqualTo(200);
            String begin = new String(http.bodyStream().readNBytes(":\nretry: 2000\n\n".length()), UTF_8);
            assertThat(begin).matches(":\nretry: [23]\\d{3}\n\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a%0Ab", "?topic=a%0Db", "?topic=%00", "?topic="})
    void aBadPatternIsRefused(String rest) {
        for (String accept : List.of(Http.JSON, Http.SSE, Http.NDJSON)) {
            HttpResponse<String> response = Http.get(uri(rest), "Accept", accept);
            assertThat(response.statusCode()).as(accept).isEqualTo(400);
            assertThat(Http.code(response)).as(accept).isEqualTo("invalid-pattern");
        }
    }

    @Test
    void aQueryThatIsNotUtf8IsRefused() {
        HttpResponse<String> response = Http.get(uri("?topic=%FF%0A"));
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(Http.code(response)).isEqualTo("invalid-query");
    }

    @Test
    void tooManyTopicsAreRefused() {
        String rest = "?" + IntStream.range(0, 257).mapToObj(i -> "topic=t" + i).collect(Collectors.joining("&"));

        assertThat(Http.code(Http.get(uri(rest)))).isEqualTo("too-many-topics");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1001", "x", "", "1.5", "99999999999"})
    void aBadLimitIsRefused(String limit) {
        assertThat(Http.code(Http.get(uri("?limit=" + limit)))).isEqualTo("invalid-limit");
    }

    @Test
    void anotherPathIsNotFound() {
        assertThat(Http.get(belfry.uri("/nowhere")).statusCode()).isEqualTo(404);
    }

    // ---- polling

    @Test
    void aPollHasALimitAndGoesOnFromItsCursor() {
        List<String> ids = Http.publishNumbers(belfry, "limited", 0, 5);

        JsonNode first = Json.tree(Http.get(uri("?topic=limited&limit=3")).body());
        JsonNode second = Json.tree(
                Http.get(uri("?topic=limited&limit=3&after=" + first.get("next").asString()))
                        .body());

        assertThat(first.get("events")).hasSize(3);
        assertThat(first.get("next").asString()).isEqualTo(ids.get(2));
        assertThat(first.get("more").asBoolean()).isTrue();
        assertThat(second.get("events")).hasSize(2);
        assertThat(second.get("more").asBoolean()).isFalse();
    }

    @Test
    void aPollThatWouldSayTheSameIsNotModified() {
        Http.publishNumbers(belfry, "etag", 0, 2);
        HttpResponse<String> first = Http.get(uri("?topic=etag"));
        String etag = header(first, "ETag");

        HttpResponse<String> same = Http.get(uri("?topic=etag"), "If-None-Match", "\"other\", " + etag);
        Http.publishNumbers(belfry, "etag", 2, 3);
        HttpResponse<String> more = Http.get(uri("?topic=etag"), "If-None-Match", etag);

        assertThat(same.statusCode()).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        assertThat(header(same, "ETag")).isEqualTo(etag);
        assertThat(more.statusCode()).isEqualTo(200);
        assertThat(header(more, "ETag")).isNotEqualTo(etag);
    }

    @Test
    void anEtagIsComparedWeaklyAndAStarIsEveryOne() {
        String strong = header(Http.get(uri("?topic=star")), "ETag").replace("W/", "");

        assertThat(Http.get(uri("?topic=star"), "If-None-Match", strong).statusCode())
                .isEqualTo(304);
        assertThat(Http.get(uri("?topic=star"), "If-None-Match", "*").statusCode())
                .isEqualTo(304);
        assertThat(Http.get(uri("?topic=star"), "If-None-Match", "\"other\"").statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a, W/", "W/", "\"", ",,,", "W/\"", "a b c", "\"a\" \"b\"", "w/\"none\""})
    void anIfNoneMatchThatIsNoneMatchesNothing(String tags) {
        assertThat(Http.get(uri("?topic=tags"), "If-None-Match", tags).statusCode())
                .isEqualTo(200);
    }

    @Test
    void aPollThatPrefersToWaitIsHeldUntilTheEventAndNotUntilTheEndOfItsTime() {
        long from = System.nanoTime();
        CompletableFuture<HttpResponse<String>> held =
                CompletableFuture.supplyAsync(() -> Http.get(uri("?topic=held&after=now"), "Prefer", "wait=25"));
        List<String> ids = new ArrayList<>();
        // nobody can see from outside when the poll has begun to wait: the first of these events behind that is its
        // answer
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            Http.publishNumbers(belfry, "unrelated", 0, 1);
            ids.addAll(Http.publishNumbers(belfry, "held", 0, 1));
            return held.isDone();
        });

        HttpResponse<String> response = held.join();
        assertThat(System.nanoTime() - from).isLessThan(TimeUnit.SECONDS.toNanos(25));
        assertThat(header(response, "Preference-Applied")).isEqualTo("wait=25");
        JsonNode events = Json.tree(response.body()).get("events");
        assertThat(events).isNotEmpty();
        assertThat(events).extracting(event -> event.get("id").asString()).isSubsetOf(ids);
    }

    @Test
    void aPollWhoseTimeIsOverIsAnsweredWithNothing() {
        HttpResponse<String> response =
                Http.get(uri("?topic=quiet&after=now"), "Prefer", "respond-async, wait=1; foo=bar");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "Preference-Applied")).isEqualTo("wait=1");
        assertThat(Json.tree(response.body()).get("events")).isEmpty();
        assertThat(Json.tree(response.body()).get("next").asString()).isNotEmpty();
    }

    @Test
    void aPollThatPrefersToWaitIsAnsweredAtOnceWhenThereIsSomething() {
        Http.publishNumbers(belfry, "there", 0, 1);
        long from = System.nanoTime();

        assertThat(Json.tree(Http.get(uri("?topic=there"), "Prefer", "wait=25").body())
                        .get("events"))
                .hasSize(1);
        assertThat(System.nanoTime() - from).isLessThan(TimeUnit.SECONDS.toNanos(25));
    }

    // ---- origins and hosts

    @Test
    void aPageOfAForeignOriginMayNothing() {
        String[] foreign = {"Origin", "https://evil.example", "Accept", Http.JSON, "Content-Type", "text/plain"};

        assertThat(Http.get(uri(""), foreign).statusCode()).isEqualTo(403);
        assertThat(Http.code(Http.get(uri(""), foreign))).isEqualTo("origin-not-allowed");
        assertThat(Http.get(uri(""), "Origin", "null", "Accept", Http.SSE).statusCode())
                .isEqualTo(403);
        assertThat(Http.send("POST", uri("/foreign"), "x", foreign).statusCode())
                .isEqualTo(403);
        assertThat(Json.tree(Http.get(uri("?topic=foreign")).body()).get("events"))
                .isEmpty();
    }

    @Test
    void aWebSocketOfAForeignOriginIsRefusedAndOneOfAnAllowedOriginIsNot() throws Exception {
        URI ws = URI.create(uri("").toString().replaceFirst("http", "ws"));

        assertThatThrownBy(() -> WebSocketClient.connect(
                        Http.client().newWebSocketBuilder().header("Origin", "https://evil.example"), ws))
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        e -> assertThat(e.getResponse().statusCode()).isEqualTo(403));
        try (WebSocketClient client =
                WebSocketClient.connect(Http.client().newWebSocketBuilder().header("Origin", APP), ws)) {
            assertThat(client.ask("{\"op\":\"ping\"}").get("op").asString()).isEqualTo("pong");
        }
    }

    @Test
    void anAllowedOriginMayReadAndIsToldSo() {
        HttpResponse<String> response = Http.get(uri(""), "Origin", APP);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "Access-Control-Allow-Origin")).isEqualTo(APP);
        assertThat(String.join(", ", response.headers().allValues("Vary"))).contains("Origin");
    }

    @Test
    void thePreflightOfAnAllowedOriginAllowsTheHeadersOfTheProtocol() {
        HttpResponse<String> response = Http.send(
                "OPTIONS",
                uri("/topic"),
                "",
                "Origin",
                APP,
                "Access-Control-Request-Method",
                "POST",
                "Access-Control-Request-Headers",
                "last-event-id, idempotency-key, content-type, prefer");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "Access-Control-Allow-Origin")).isEqualTo(APP);
        assertThat(header(response, "Access-Control-Allow-Methods")).contains("POST");
        assertThat(header(response, "Access-Control-Allow-Headers"))
                .containsIgnoringCase("last-event-id")
                .containsIgnoringCase("if-none-match")
                .contains("HX-Request");
        assertThat(header(response, "Access-Control-Max-Age")).isEqualTo("3600");
    }

    @Test
    void anotherMethodOfAnAllowedOriginIsRefusedForTheMethod() {
        HttpResponse<String> response = Http.send("PUT", uri(""), "x", "Origin", APP);

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(Http.code(response)).isEqualTo("method-not-allowed");
        assertThat(header(response, "Access-Control-Allow-Origin")).isEqualTo(APP);
    }

    @Test
    void thePreflightOfAForeignOriginIsRefused() {
        assertThat(Http.send(
                                "OPTIONS",
                                uri(""),
                                "",
                                "Origin",
                                "https://evil.example",
                                "Access-Control-Request-Method",
                                "GET")
                        .statusCode())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, 200",
        "127.0.0.1, 200",
        "127.0.0.1:80, 200",
        "[::1]:80, 200",
        "app.localhost, 200",
        "LOCALHOST, 200",
        "evil.example, 421",
        "127.0.0.1.evil.example, 421",
        "localhost.evil.example, 421",
        "192.168.1.1, 421"
    })
    void onlyUnderALoopbackNameIsALoopbackServerThere(String host, int status) throws Exception {
        for (String method : List.of("GET", "POST")) {
            try (RawHttp http = RawHttp.request(
                    belfry.port(),
                    method + " /api/notifications/hosted HTTP/1.1\nHost: " + host
                            + "\nContent-Length: 0\nContent-Type: text/plain\nConnection: close")) {
                int expected = status == 200 && method.equals("POST") ? 201 : status;
                assertThat(http.status()).as(method).isEqualTo(expected);
                if (status == 421) {
                    assertThat(http.bodyToEnd()).contains("not-loopback");
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET / HTTP/1.1 | Host: evil.example | 421 | not-loopback",
                "GET /actuator/health HTTP/1.1 | Host: evil.example | 421 | not-loopback",
                "GET /nowhere HTTP/1.1 | Host: evil.example | 421 | not-loopback",
                "GET http://evil.example/api/notifications HTTP/1.1 | Host: localhost | 421 | not-loopback",
                "GET /api/notifications HTTP/1.1 | X: y | 400 | invalid-host",
                "GET /api/notifications HTTP/1.0 | X: y | 400 | invalid-host",
                "GET /api/notifications HTTP/1.1 | Host: localhost:99999 | 400 | invalid-host",
                "GET /api/notifications HTTP/1.1 | Host: evil.com/.localhost | 400 | invalid-host",
                "GET /nowhere HTTP/1.2 | Host: localhost | 505 | http-version",
                "GET /nowhere HTTP/3.7 | Host: localhost | 505 | http-version",
                "GET /%zz HTTP/1.1 | Host: localhost | 400 | invalid-url"
            })
    void whatIsWrongWithTheHeadOfARequestIsSaid(String line, String header, int status, String code) throws Exception {
        try (RawHttp http = RawHttp.request(belfry.port(), line + "\n" + header + "\nConnection: close")) {
            assertThat(http.status()).isEqualTo(status);
            assertThat(http.header("content-type")).isEqualTo("application/problem+json");
            assertThat(http.bodyToEnd()).contains('"' + code + '"');
        }
    }

    @Test
    void aRequestWithTwoHostsIsRefused() throws Exception {
        try (RawHttp http = RawHttp.request(belfry.port(), "GET / HTTP/1.1\nHost: localhost\nHost: evil.example")) {
            assertThat(http.status()).isEqualTo(400);
            assertThat(http.bodyByLength()).contains("invalid-host");
        }
    }
}
