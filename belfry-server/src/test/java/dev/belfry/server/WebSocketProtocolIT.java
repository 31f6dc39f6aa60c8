package dev.belfry.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.testkit.RawHttp;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The subprotocol belfry.v1, and the frames under it (RFC 6455). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebSocketProtocolIT {
    private static final int TEXT = 0x1;
    private static final int CLOSE = 0x8;
    private static final int PING = 0x9;
    private static final int PONG = 0xA;
    private static final int FIN = 0x80;

    private BelfryProcess belfry;

    @BeforeAll
    void start(@TempDir Path directory) {
        belfry = BelfryProcess.start(
                directory, "--belfry.stream.heartbeat=500ms", "--belfry.publish.max-body-size=100KB");
    }

    @AfterAll
    void stop() {
        belfry.close();
    }

    private WebSocketClient connect(String rest) throws Exception {
        return WebSocketClient.connect(
                URI.create(belfry.notifications(rest).toString().replaceFirst("http", "ws")));
    }

    /** One that has subscribed to nothing, so that it gets answers only. */
    private WebSocketClient connectForAnswers() throws Exception {
        return connect("?topic=");
    }

    private static List<String> ids(JsonNode answer) {
        List<String> ids = new ArrayList<>();
        answer.get("ids").forEach(id -> ids.add(id.asString()));
        return ids;
    }

    // ---- the commands

    @Test
    void theSubprotocolIsAgreedOn() throws Exception {
        try (WebSocketClient client = connectForAnswers()) {
            assertThat(client.subprotocol()).isEqualTo("belfry.v1");
        }
    }

    @Test
    void withoutASubprotocolItIsTheSame() throws Exception {
        URI uri = URI.create(belfry.notifications("?topic=").toString().replaceFirst("http", "ws"));
        try (WebSocketClient client = WebSocketClient.connect(Http.client().newWebSocketBuilder(), uri)) {
            assertThat(client.subprotocol()).isEmpty();
            assertThat(client.ask("{\"op\":\"ping\",\"ref\":1}").get("op").asString())
                    .isEqualTo("pong");
        }
    }

    @Test
    void aPublicationIsAcknowledgedWithItsIdsAndReference() throws Exception {
        try (WebSocketClient publisher = connectForAnswers();
                WebSocketClient subscriber = connect("?topic=ws/one")) {
            JsonNode answer = publisher.ask(
                    "{\"op\":\"publish\",\"ref\":\"r1\",\"notification\":{\"topic\":\"ws/one\",\"data\":\" x\"}}");

            assertThat(answer.get("op").asString()).isEqualTo("published");
            assertThat(answer.get("ref").asString()).isEqualTo("r1");
            Received event = Json.event(subscriber.nextMessage().getBytes(UTF_8));
            assertThat(ids(answer)).containsExactly(event.id());
            assertThat(event.data()).isEqualTo(" x");
        }
    }

    @Test
    void aBatchIsAtomic() throws Exception {
        try (WebSocketClient client = connectForAnswers()) {
            JsonNode good = client.ask("{\"op\":\"publish\",\"notification\":" + Http.numbers("ws/batch", 0, 3) + "}");
            JsonNode bad = client.ask("{\"op\":\"publish\",\"ref\":\"bad\",\"notification\":["
                    + Http.notification("ws/batch", "x") + ",{\"topic\":\"ws/batch\"}]}");

            assertThat(ids(good)).hasSize(3);
            assertThat(bad.get("op").asString()).isEqualTo("error");
            assertThat(Json.tree(Http.get(belfry.notifications("?topic=ws/batch"))
                                    .body())
                            .get("events"))
                    .hasSize(3);
        }
    }

    @Test
    void theSameKeyGetsTheSameAnswer() throws Exception {
        try (WebSocketClient client = connectForAnswers()) {
            String publish =
                    "{\"op\":\"publish\",\"key\":\"ws-key\",\"notification\":{\"topic\":\"ws/key\",\"data\":%s}}";
            JsonNode first = client.ask(publish.formatted("\"1\""));
            JsonNode again = client.ask(publish.formatted("\"1\""));
            JsonNode other = client.ask(publish.formatted("\"2\""));
            JsonNode ofAnotherKind = client.ask(publish.formatted("1"));

            assertThat(ids(again)).isEqualTo(ids(first));
            assertThat(again.get("replayed").asBoolean()).isTrue();
            assertThat(other.get("code").asString()).isEqualTo("idempotency-conflict");
            assertThat(ofAnotherKind.get("op").asString())
                    .as("the number 1 is not the text 1")
                    .isEqualTo("error");
        }
    }

    @Test
    void topicsComeAndGoOnOneConnection() throws Exception {
        try (WebSocketClient client = connectForAnswers()) {
            JsonNode subscribed = client.ask("{\"op\":\"subscribe\",\"ref\":7,\"topic\":[\"ws/a\",\"ws/b/*\"]}");
            assertThat(subscribed.get("op").asString()).isEqualTo("subscribed");
            assertThat(subscribed.get("ref").asString()).isEqualTo("7");
            assertThat(subscribed.get("topic")).hasSize(2);
            assertThat(subscribed.get("position").asString()).contains("-");

            Http.publishNumbers(belfry, "ws/c", 0, 1);
            List<String> ids = new ArrayList<>(Http.publishNumbers(belfry, "ws/a", 0, 1));
            ids.addAll(Http.publishNumbers(belfry, "ws/b/1", 0, 1));
            assertThat(Json.tree(client.nextMessage()).get("id").asString()).isEqualTo(ids.get(0));
            assertThat(Json.tree(client.nextMessage()).get("id").asString()).isEqualTo(ids.get(1));

            JsonNode unsubscribed = client.ask("{\"op\":\"unsubscribe\",\"topic\":\"ws/a\"}");
            assertThat(unsubscribed.get("op").asString()).isEqualTo("unsubscribed");
            assertThat(unsubscribed.get("topic")).hasSize(1);
            Http.publishNumbers(belfry, "ws/a", 1, 2);
            String next = Http.publishNumbers(belfry, "ws/b/1", 1, 2).get(0);
            assertThat(Json.tree(client.nextMessage()).get("id").asString()).isEqualTo(next);
        }
    }

    @Test
    void theFirstTopicsMayBeginBehindACursor() throws Exception {
        List<String> ids = Http.publishNumbers(belfry, "ws/cursor", 0, 4);
        try (WebSocketClient client = connectForAnswers()) {
            JsonNode subscribed =
                    client.ask("{\"op\":\"subscribe\",\"topic\":\"ws/cursor\",\"after\":\"" + ids.get(1) + "\"}");
            assertThat(subscribed.get("op").asString()).isEqualTo("subscribed");
            assertThat(Json.tree(client.nextMessage()).get("id").asString()).isEqualTo(ids.get(2));
            assertThat(Json.tree(client.nextMessage()).get("id").asString()).isEqualTo(ids.get(3));

            assertThat(client.ask("{\"op\":\"subscribe\",\"topic\":\"ws/x\",\"after\":\"earliest\"}")
                            .get("code")
                            .asString())
                    .isEqualTo("cursor-not-allowed");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ | invalid-json",
                "7 | invalid-json",
                "{\"op\":\"dance\",\"ref\":\"r\"} | unknown-op",
                "{\"ref\":\"r\"} | unknown-op",
                "{\"op\":\"ping\",\"nonsense\":1} | unknown-field",
                "{\"op\":\"subscribe\",\"ref\":\"r\",\"topic\":\"a\\nb\"} | invalid-pattern",
                "{\"op\":\"subscribe\",\"ref\":\"r\",\"topic\":\"a\",\"after\":\"nonsense\"} | invalid-cursor",
                "{\"op\":\"publish\",\"ref\":\"r\",\"notification\":{\"data\":1,\"event\":\"a\\rb\"}} | invalid-event",
                "{\"op\":\"publish\",\"ref\":\"r\",\"notification\":{\"data\":1,\"topic\":\"$x\"}} | reserved-topic",
                "{\"op\":\"publish\",\"ref\":\"r\",\"notification\":{\"data\":1,\"x\":1}} | unknown-field"
            })
    void aBadCommandIsAnErrorWithItsReferenceAndTheConnectionStays(String command, String code) throws Exception {
        try (WebSocketClient client = connectForAnswers()) {
            JsonNode error = client.ask(command);

            assertThat(error.get("op").asString()).isEqualTo("error");
            assertThat(error.get("code").asString()).isEqualTo(code);
            assertThat(error.get("detail").asString()).isNotEmpty();
            if (command.contains("\"ref\"")) {
                assertThat(error.get("ref")).as(error.toString()).isNotNull();
                assertThat(error.get("ref").asString()).isEqualTo("r");
            }
            assertThat(client.ask("{\"op\":\"ping\",\"ref\":\"p\"}").toString())
                    .isEqualTo("{\"op\":\"pong\",\"ref\":\"p\"}");
        }
    }

    @Test
    void anErrorWhileACommandIsReadHasItsReferenceWhereverThatStands() throws Exception {
        try (WebSocketClient client = connectForAnswers()) {
            JsonNode error = client.ask(
                    "{\"op\":\"publish\",\"notification\":{\"data\":1,\"topic\":\"a/*\"},\"ref\":\"behind\"}");

            assertThat(error.get("code").asString()).isEqualTo("invalid-topic");
            assertThat(error.get("ref")).as(error.toString()).isNotNull();
            assertThat(error.get("ref").asString()).isEqualTo("behind");
        }
    }

    @Test
    void manyPublicationsWithoutWaitingAreAllAnsweredInOrder() throws Exception {
        try (WebSocketClient client = connectForAnswers()) {
            for (int i = 0; i < 500; i++) {
                client.send("{\"op\":\"publish\",\"ref\":" + i + ",\"notification\":{\"topic\":\"ws/many\",\"data\":"
                        + i + "}}");
            }
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                JsonNode answer = Json.tree(client.nextMessage());
                assertThat(answer.get("ref").asString()).isEqualTo(Integer.toString(i));
                ids.addAll(ids(answer));
            }
            assertThat(Http.readAll(belfry, "ws/many"))
                    .extracting(event -> event.get("id").asString())
                    .isEqualTo(ids);
        }
    }

    @Test
    void aSilentConnectionIsPinged() throws Exception {
        try (WebSocketClient client = connectForAnswers()) {
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> client.pings() >= 2);
        }
    }

    @Test
    void aBinaryMessageIsNotUnderstood() throws Exception {
        try (WebSocketClient client = connectForAnswers()) {
            client.sendBinary(new byte[] {1, 2, 3});

            assertThat(client.awaitClosed().code()).isEqualTo(1003);
        }
    }

    // ---- the frames

    @Test
    void aFrameWithoutAMaskIsAViolation() throws Exception {
        assertThat(closeCodeAfter(new byte[] {(byte) (FIN | TEXT), 2, '{', '}'}))
                .isEqualTo(1002);
    }

    @Test
    void aFrameWithAReservedBitIsAViolation() throws Exception {
        assertThat(closeCodeAfter(frame(FIN | 0x40 | TEXT, "{}".getBytes(UTF_8))))
                .isEqualTo(1002);
    }

    @Test
    void textThatIsNotUtf8IsInvalid() throws Exception {
        assertThat(closeCodeAfter(frame(FIN | TEXT, new byte[] {'"', (byte) 0xC3, (byte) 0x28, '"'})))
                .isEqualTo(1007);
    }

    @Test
    void textThatEndsWithinACharacterIsInvalid() throws Exception {
        assertThat(closeCodeAfter(frame(FIN | TEXT, new byte[] {'"', (byte) 0xE2, (byte) 0x82})))
                .isEqualTo(1007);
    }

    @Test
    void aFrameThatIsTooLargeIsTooBig() throws Exception {
        assertThat(closeCodeAfter(frame(FIN | TEXT, new byte[100 * 1024 + 1]))).isEqualTo(1009);
    }

    @Test
    void fragmentsThatAreTooLargeTogetherAreTooBig() throws Exception {
        byte[] half = "x".repeat(60 * 1024).getBytes(UTF_8);
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(frame(TEXT, half));
        both.write(frame(FIN, half));

        assertThat(closeCodeAfter(both.toByteArray())).isEqualTo(1009);
    }

    @Test
    void fragmentsAreOneMessageAlsoWithACharacterCutInTwoAndAPingInBetween() throws Exception {
        byte[] message = "{\"op\":\"ping\",\"ref\":\"\u00E9\"}".getBytes(UTF_8);
        int middleOfE = message.length - 3;
        try (RawHttp http = handshake()) {
            http.send(frame(TEXT, Arrays.copyOf(message, middleOfE)));
            http.send(frame(FIN | PING, new byte[] {42}));
            http.send(frame(FIN, Arrays.copyOfRange(message, middleOfE, message.length)));

            InputStream in = http.bodyStream();
            assertThat(nextFrame(in, PONG)).containsExactly(42);
            assertThat(new String(nextFrame(in, TEXT), UTF_8)).isEqualTo("{\"op\":\"pong\",\"ref\":\"\u00E9\"}");
        }
    }

    @Test
    void aCloseIsAnsweredWithItsCode() throws Exception {
        assertThat(closeCodeAfter(frame(FIN | CLOSE, new byte[] {0x03, (byte) 0xE8})))
                .isEqualTo(1000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Sec-WebSocket-Version: 13 | Sec-WebSocket-Version: 12 | 426",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ== | Sec-WebSocket-Key: short | 400",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ== | X: y | 400",
                "Connection: Upgrade | Connection: keep-alive | 400",
                "HTTP/1.1 | HTTP/1.0 | 400"
            })
    void aBadHandshakeIsRefused(String part, String instead, int status) {
        try (RawHttp http = RawHttp.request(belfry.port(), handshakeRequest().replace(part, instead))) {
            assertThat(http.status()).isEqualTo(status);
            assertThat(http.header("content-type")).isEqualTo("application/problem+json");
        }
    }

    @Test
    void theHandshakeProvesThatItWasUnderstood() {
        try (RawHttp http = handshake()) {
            assertThat(http.header("sec-websocket-accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            assertThat(http.header("transfer-encoding")).isEmpty();
        }
    }

    private static String handshakeRequest() {
        return """
                GET /api/notifications?topic= HTTP/1.1
                Host: localhost
                Upgrade: websocket
                Connection: Upgrade
                Sec-WebSocket-Version: 13
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==""";
    }

    private RawHttp handshake() {
        RawHttp http = RawHttp.request(belfry.port(), handshakeRequest());
        assertThat(http.status()).isEqualTo(101);
        return http;
    }

    private int closeCodeAfter(byte[] bytes) throws Exception {
        try (RawHttp http = handshake()) {
            http.send(bytes);
            byte[] close = nextFrame(http.bodyStream(), CLOSE);
            return (close[0] & 0xFF) << 8 | (close[1] & 0xFF);
        }
    }

    /** A frame as a client sends it, with a mask. */
    private static byte[] frame(int first, byte[] payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(first);
        if (payload.length < 126) {
            out.write(0x80 | payload.length);
        } else if (payload.length < 1 << 16) {
            out.write(0x80 | 126);
            out.write(payload.length >> 8);
            out.write(payload.length);
        } else {
            out.write(0x80 | 127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                out.write((int) ((long) payload.length >> shift));
            }
        }
        byte[] mask = {1, 2, 3, 4};
        out.writeBytes(mask);
        for (int i = 0; i < payload.length; i++) {
            out.write(payload[i] ^ mask[i % 4]);
        }
        return out.toByteArray();
    }

    /** The payload of the next frame of a kind; some heartbeats are passed over. */
    private static byte[] nextFrame(InputStream in, int opcode) throws Exception {
        for (int heartbeats = 0; heartbeats < 20; heartbeats++) {
            int first = in.read();
            int length = in.read();
            assertThat(length).as("length, without a mask").isBetween(0, 125);
            byte[] payload = in.readNBytes(length);
            if (first == (FIN | opcode)) {
                return payload;
            }
            assertThat(first).as("a heartbeat").isEqualTo(FIN | PING);
        }
        throw new AssertionError("heartbeats only");
    }
}
