package dev.belfry.webflux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.InMemoryEventLog;
import dev.belfry.Notification;
import dev.belfry.Publication;
import dev.belfry.Receipt;
import dev.belfry.stream.StreamSettings;
import dev.belfry.testkit.LeakProbe;
import dev.belfry.testkit.RawHttp;
import dev.belfry.testkit.Wire;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.resources.LoopResources;

/** What is on the wire, by plain sockets. */
class StreamingTest {
    private static final String SSE = "Accept: text/event-stream";
    private static final String LINES = "Accept: application/x-ndjson";

    private TestServer server = new TestServer();

    @AfterEach
    void close() {
        server.close();
    }

    @AfterAll
    static void nothingHasLeaked() {
        LeakProbe.assertNoLeaks();
    }

    private RawHttp get(String rest, String... headers) {
        return request("GET", rest, "HTTP/1.1", headers);
    }

    private RawHttp request(String method, String rest, String version, String... headers) {
        StringBuilder head =
                new StringBuilder(method + " /api/notifications" + rest + " " + version + "\nHost: localhost");
        for (String header : headers) {
            head.append('\n').append(header);
        }
        return RawHttp.request(server.port(), head.toString());
    }

    private Receipt publish(String topic, String text) {
        return server.log.append(Publication.of(Notification.of(topic, text))).join();
    }

    /** Without epoll, which tells of a client that left though nobody reads. */
    private void useNio() {
        server.close();
        server = new TestServer(
                EndpointSettings.DEFAULT,
                new InMemoryEventLog(),
                http -> http.runOn(LoopResources.create("nio", 1, true), false));
    }

    private void awaitStreams(int count) {
        await().pollInterval(Duration.ofMillis(5)).until(() -> server.streams.size() == count);
    }

    private static String sse(Receipt receipt, String data) {
        return "event: notification\ndata: " + data + "\nid: " + receipt.first() + "\n\n";
    }

    // ---- the transports

    @Test
    void sseBeginsAtOnceAndThenHasWhatIsPublished() {
        try (RawHttp client = get("?topic=a", SSE)) {
            String head = client.untilContains("\n\n\r\n");
            assertThat(head).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(head.toLowerCase(java.util.Locale.ROOT))
                    .contains("\r\ntransfer-encoding: chunked\r\n")
                    .contains("\r\ncontent-type: text/event-stream\r\n")
                    .contains("\r\ncache-control: no-store, no-transform\r\n")
                    .contains("\r\nx-accel-buffering: no\r\n")
                    .contains("\r\nvary: accept\r\n")
                    .doesNotContain("content-length");
            awaitStreams(1);
            publish("b", "no");
            Receipt receipt = publish("a", "yes");
            client.untilContains(sse(receipt, "yes") + "\r\n");
            assertThat(Wire.chunks(client.body()).text())
                    .matches(":\nretry: \\d+\n\n\\Q" + sse(receipt, "yes") + "\\E");
        }
    }

    @Test
    void whatIsPublishedOnceTheAnswerHasBegunIsNotMissed() {
        for (int i = 0; i < 20; i++) {
            try (RawHttp client = get("", SSE)) {
                client.untilContains("HTTP/1.1 200");
                Receipt receipt = publish("a", "now");
                client.untilContains(receipt.first().toString());
            }
        }
    }

    @Test
    void aSocketThatTakesPartOfABatchIsSentTheRestInOrder() throws IOException {
        int batches = 300;
        String large = "x".repeat(20_000); // more than is copied into one buffer with others
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(8 << 10);
            socket.setSoTimeout(30_000);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            socket.getOutputStream()
                    .write("GET /api/notifications HTTP/1.0\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"
                            .getBytes(UTF_8));
            awaitStreams(1);
            CompletableFuture<Void> published = CompletableFuture.runAsync(() -> publishBatches(batches, large));
            // it takes while it is sent to: between two sends there may be room again
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8), 1 << 20);
            for (int i = 0; i < batches * 10; i++) {
                String line = in.readLine();
                while (!line.startsWith("data: ")) {
                    line = in.readLine();
                }
                assertThat(line).isEqualTo("data: " + i + ":" + large);
            }
            published.join();
        }
    }

    private void publishBatches(int batches, String large) {
        for (int batch = 0; batch < batches; batch++) {
            int first = batch * 10;
            server.log
                    .append(Publication.of(IntStream.range(first, first + 10)
                            .mapToObj(i -> Notification.of("a", i + ":" + large))
                            .toArray(Notification[]::new)))
                    .join();
        }
    }

    @Test
    void ndjsonIsALineAnEvent() {
        try (RawHttp client = get("", LINES)) {
            assertThat(client.untilContains("\r\n\r\n")).contains("application/x-ndjson");
            Receipt receipt = publish("a", "one\ntwo");
            client.untilContains("}\n\r\n");
            assertThat(Wire.idsOfLines(Wire.chunks(client.body()).text()))
                    .containsExactly(receipt.first().toString());
        }
    }

    @ParameterizedTest
    @CsvSource({"HTTP/1.0, X: y", "HTTP/1.1, Connection: close", "HTTP/1.0, Connection: keep-alive"})
    void sseOnAConnectionForOneAnswerIsNotFramedAndEndsWithTheConnection(String version, String header) {
        Receipt first = publish("a", "1");
        try (RawHttp client = request("GET", "?after=earliest", version, header, SSE)) {
            client.untilContains(sse(first, "1"));
            Receipt second = publish("a", "2");
            client.untilContains(sse(second, "2"));
            server.streams.close();
            assertThat(client.bodyToEnd())
                    .matches(":\nretry: \\d+\n\n\\Q" + sse(first, "1") + sse(second, "2") + "\\Eretry: \\d+\n\n");
            assertIsNotFramed(client);
        }
    }

    @ParameterizedTest
    @CsvSource({"HTTP/1.0, X: y", "HTTP/1.1, Connection: close", "HTTP/1.0, Connection: keep-alive"})
    void linesOnAConnectionForOneAnswerAreNotFramedAndEndWithTheConnection(String version, String header) {
        Receipt first = publish("a", "1");
        try (RawHttp client = request("GET", "?after=earliest", version, header, LINES)) {
            client.untilContains(first.first().toString());
            Receipt second = publish("a", "2");
            client.untilContains(second.first().toString());
            server.streams.close();
            String body = client.bodyToEnd();
            assertThat(body.lines())
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line).startsWith("{").endsWith("}"));
            assertThat(body).endsWith("}\n");
            assertThat(Wire.idsOfLines(body))
                    .containsExactly(first.first().toString(), second.first().toString());
            assertIsNotFramed(client);
        }
    }

    private static void assertIsNotFramed(RawHttp client) {
        assertThat(client.header("Transfer-Encoding")).isEmpty();
        assertThat(client.header("Content-Length")).isEmpty();
        assertThat(client.header("Connection")).isEqualToIgnoringCase("close");
    }

    @Test
    void theConnectionOfAStreamThatIsNotFramedEndsWhenItsClientHasLeft() {
        try (RawHttp client = get("", SSE, "Connection: close")) {
            client.untilContains("retry");
            awaitStreams(1);
        }
        awaitStreams(0);
    }

    @Test
    void aCursorReplaysWhatCameBehindIt() {
        Receipt first = publish("a", "1");
        Receipt second = publish("a", "2");
        try (RawHttp client = get("", SSE, "Last-Event-ID: " + first.first())) {
            client.untilContains(second.first().toString());
            assertThat(client.text()).doesNotContain("id: " + first.first() + "\n");
        }
        try (RawHttp client = get("?after=2020-01-01T00:00:00Z", SSE)) {
            client.untilContains(second.first().toString());
            assertThat(client.text()).contains("id: " + first.first() + "\n");
        }
    }

    @Test
    void closingTheServerEndsTheStreamsInTheirOwnWay() {
        try (RawHttp sse = get("", SSE);
                RawHttp lines = get("", LINES);
                RawHttp toEnd = get("", SSE, "Connection: close")) {
            awaitStreams(3);
            server.streams.close();
            sse.untilEnd();
            lines.untilEnd();
            assertThat(Wire.chunks(sse.body()).complete()).isTrue();
            assertThat(Wire.chunks(sse.body()).text()).matches(":\nretry: \\d+\n\nretry: \\d+\n\n");
            assertThat(Wire.chunks(lines.body())).isEqualTo(new Wire.Body("", true));
            assertThat(toEnd.bodyToEnd()).matches(":\nretry: \\d+\n\nretry: \\d+\n\n");
        }
        assertThat(server.streams.size()).isZero();
    }

    @Test
    void whenThereIsNoRoomSseIsToldToComeBackAndOthersGetAnError() {
        server.close();
        StreamSettings one =
                new StreamSettings(Duration.ofSeconds(25), Duration.ofSeconds(2), Duration.ofMinutes(2), 1);
        server = new TestServer(withStream(one), new InMemoryEventLog());
        try (RawHttp first = get("", SSE)) {
            first.untilContains("retry");
            awaitStreams(1);
            String turnedAway = get("", SSE, "Connection: close").untilEnd();
            assertThat(turnedAway).startsWith("HTTP/1.1 200 ").contains("retry: ");
            assertThat(get("", LINES, "Connection: close").untilEnd())
                    .startsWith("HTTP/1.1 503 ")
                    .containsIgnoringCase("retry-after: ")
                    .contains("no-room");
        }
        awaitStreams(0);
        get("", SSE).untilContains("retry");
        awaitStreams(1);
    }

    @Test
    void aStormOpensNoMoreStreamsThanThereIsRoomFor() {
        server.close();
        int room = 3;
        server = new TestServer(
                withStream(
                        new StreamSettings(Duration.ofSeconds(25), Duration.ofSeconds(2), Duration.ofMinutes(2), room)),
                new InMemoryEventLog());
        List<RawHttp> storm = new ArrayList<>();
        try {
            // all requests are there before any answer is read
            IntStream.range(0, 30).forEach(i -> storm.add(get("", LINES)));
            long refused = storm.stream()
                    .filter(client -> client.untilContains("\r\n\r\n").startsWith("HTTP/1.1 503 "))
                    .count();
            assertThat(refused).isEqualTo(30 - room);
            assertThat(server.streams.size()).isEqualTo(room);
        } finally {
            storm.forEach(RawHttp::close);
        }
        awaitStreams(0);
        get("", SSE).untilContains("retry");
        awaitStreams(1);
    }

    @Test
    void clientsThatGoWhileTheirStreamsBeginLeaveTheirPlaces() {
        for (int i = 0; i < 200; i++) {
            get("", i % 2 == 0 ? SSE : LINES).close();
        }
        awaitStreams(0);
    }

    private static EndpointSettings withStream(StreamSettings stream) {
        EndpointSettings d = EndpointSettings.DEFAULT;
        return new EndpointSettings(d.wire(), stream, Set.of(), Set.of(), false);
    }

    // ---- methods and negotiation

    @ParameterizedTest
    @ValueSource(strings = {SSE, LINES, "Accept: application/json"})
    void headHasTheHeadersAndNothingBehindThemAndOpensNoStream(String accept) {
        publish("a", "1");
        try (RawHttp client = request("HEAD", "?after=earliest", "HTTP/1.1", accept, "Connection: close")) {
            assertThat(client.status()).isEqualTo(200);
            assertThat(client.header("Content-Type")).startsWith(accept.substring(8));
            assertThat(client.bodyToEnd()).isEmpty();
        }
        assertThat(server.streams.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {SSE, LINES, "Accept: application/json"})
    void behindTheHeadOfAnAnswerToHeadComesTheNextAnswer(String accept) {
        publish("a", "1");
        try (RawHttp client = request("HEAD", "?after=earliest", "HTTP/1.1", accept)) {
            client.untilContains("\r\n\r\n");
            client.sendHead("OPTIONS /api/notifications HTTP/1.1\nHost: localhost\nConnection: close");
            assertThat(client.bodyToEnd()).startsWith("HTTP/1.1 204 ");
        }
    }

    /** A reader thread that ended the answer left one connection of a hundred or so unread. */
    @Test
    void aKeptConnectionIsReadBehindManyAnswersWithoutABody() {
        publish("a", "1");
        String etag;
        try (RawHttp client = request("GET", "?after=earliest", "HTTP/1.1", "Accept: application/json")) {
            etag = client.header("ETag");
        }
        for (int i = 0; i < 300; i++) {
            String[] head = i % 2 == 0 ? new String[] {"HEAD", "X: y"} : new String[] {"GET", "If-None-Match: " + etag};
            try (RawHttp client = request(head[0], "?after=earliest", "HTTP/1.1", head[1])) {
                client.untilContains("\r\n\r\n");
                client.sendHead("OPTIONS /api/notifications HTTP/1.1\nHost: localhost\nConnection: close");
                assertThat(client.bodyToEnd()).startsWith("HTTP/1.1 204 ");
            }
        }
    }

    @Test
    void optionsNamesTheMethods() {
        assertThat(request("OPTIONS", "", "HTTP/1.1", "Connection: close").untilEnd())
                .startsWith("HTTP/1.1 204 ")
                .containsIgnoringCase("\r\nallow: GET, HEAD, QUERY, POST, OPTIONS\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "PATCH", "TRACE", "BREW"})
    void otherMethodsAreRefused(String method) {
        assertThat(request(method, "", "HTTP/1.1", "Connection: close").untilEnd())
                .startsWith("HTTP/1.1 405 ")
                .containsIgnoringCase("\r\nallow: GET, HEAD, QUERY, POST, OPTIONS\r\n")
                .contains("method-not-allowed");
    }

    @Test
    void whatThereIsNotIsNotAcceptable() {
        assertThat(get("", "Accept: text/html", "Connection: close").untilEnd())
                .startsWith("HTTP/1.1 406 ")
                .contains("application/problem+json")
                .contains("not-acceptable");
    }

    @Test
    void aBadCursorIsAnErrorBeforeTheStream() {
        assertThat(get("?after=oops", SSE, "Connection: close").untilEnd())
                .startsWith("HTTP/1.1 400 ")
                .contains("invalid-cursor");
    }

    // ---- what else may come on the connection

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage garbage \u0000\u0001 \r\n\r\n",
                "GET /api/notifications HTTP/1.1\r\nHost: x\r\n\r\n",
                "POST /api/notifications HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nsmuggled!"
            })
    void whatIsPipelinedBehindAStreamIsIgnored(String rest) {
        String head = "GET /api/notifications HTTP/1.1\r\nHost: localhost\r\n" + SSE + "\r\n\r\n";
        try (RawHttp together = new RawHttp(server.port()).send(head + rest.repeat(3));
                RawHttp later = new RawHttp(server.port()).send(head)) {
            later.untilContains("retry");
            awaitStreams(2);
            later.send(rest.repeat(3));
            Receipt receipt = publish("a", "published");
            for (RawHttp client : new RawHttp[] {together, later}) {
                client.untilContains(sse(receipt, "published") + "\r\n");
            }
            server.streams.close();
            for (RawHttp client : new RawHttp[] {together, later}) {
                client.untilEnd();
                Wire.Body body = Wire.chunks(client.body());
                assertThat(body.complete()).isTrue();
                assertThat(body.text())
                        .matches(":\nretry: \\d+\n\n\\Q" + sse(receipt, "published") + "\\Eretry: \\d+\n\n");
            }
            assertThat(server.log.head())
                    .as("nothing was smuggled into the log")
                    .isEqualTo(receipt.first());
        }
    }

    @Test
    void aBodyThatNeverComesDoesNotKeepTheStreamOfAClientThatLeft() {
        useNio();
        for (String body : new String[] {"Content-Length: 100", "Transfer-Encoding: chunked"}) {
            try (RawHttp client = get("", SSE, body)) {
                client.untilContains("retry");
                awaitStreams(1);
                Receipt receipt = publish("a", "x");
                client.untilContains(receipt.first().toString());
            }
            awaitStreams(0);
        }
    }

    @Test
    void manyPipelinedRequestsDoNotKeepTheStreamOfAClientThatLeft() {
        useNio();
        String head = "GET /api/notifications HTTP/1.1\r\nHost: localhost\r\n" + SSE + "\r\n\r\n";
        try (RawHttp client = new RawHttp(server.port()).send(head.repeat(200))) {
            client.untilContains("retry");
            awaitStreams(1);
        }
        awaitStreams(0);
    }

    @Test
    void aClientThatClosesItsHalfHasLeft() {
        try (RawHttp client = get("", SSE)) {
            client.untilContains("retry");
            awaitStreams(1);
            client.endSending();
            awaitStreams(0);
        }
    }

    @Test
    void clientsThatComeAndGoLeaveNothingBehind() {
        for (int i = 0; i < 100; i++) {
            RawHttp client = get(i % 2 == 0 ? "" : "?after=2020-01-01T00:00:00Z", i % 3 == 0 ? SSE : LINES);
            if (i % 4 == 0) {
                client.resetOnClose();
            }
            client.close();
        }
        awaitStreams(0);
        try (RawHttp client = get("", SSE)) {
            client.untilContains("retry");
            client.untilContains(publish("a", "x").first().toString());
        }
    }

    @Test
    void aCompressingServerLeavesAStreamAsItIs() {
        server.close();
        server = new TestServer(EndpointSettings.DEFAULT, new InMemoryEventLog(), http -> http.compress(true));
        try (RawHttp client = get("", SSE, "Accept-Encoding: gzip")) {
            client.untilContains("\r\n\r\n");
            Receipt receipt = publish("a", "plain");
            client.untilContains(sse(receipt, "plain") + "\r\n");
            assertThat(client.text()).doesNotContainIgnoringCase("content-encoding");
            assertThat(Wire.chunks(client.body()).text()).endsWith(sse(receipt, "plain"));
        }
    }

    @Test
    void aConnectionServesPollsBeforeItBecomesAStream() {
        publish("a", "1");
        try (RawHttp client = get("")) {
            client.untilContains("\"next\"");
            client.send("GET /api/notifications HTTP/1.1\r\nHost: localhost\r\n" + SSE + "\r\n\r\n");
            client.untilContains("retry: ");
            client.untilContains(publish("a", "2").first().toString());
        }
    }

    @Test
    void dataIsOnTheWireAsUtf8() {
        try (RawHttp client = get("", SSE)) {
            client.untilContains("retry");
            publish("a", "\uD83D\uDD14 caf\u00E9");
            client.until(text -> text.endsWith("\n\n\r\n") && text.contains("data"));
            assertThat(new String(client.body(), UTF_8)).contains("data: \uD83D\uDD14 caf\u00E9\n");
        }
    }
}
