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
import dev.belfry.wire.PublishSettings;
import dev.belfry.wire.WireSettings;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WebSocketTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    private static final String UPGRADE = "Connection: keep-alive, Upgrade\nUpgrade: WebSocket";
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;

    private final TestServer server = new TestServer(small(), new InMemoryEventLog());

    @AfterEach
    void close() {
        server.close();
    }

    @AfterAll
    static void nothingHasLeaked() {
        LeakProbe.assertNoLeaks();
    }

    private static EndpointSettings small() {
        EndpointSettings d = EndpointSettings.DEFAULT;
        PublishSettings publish = new PublishSettings(1000, 3, Duration.ofSeconds(5));
        StreamSettings stream =
                new StreamSettings(Duration.ofSeconds(25), Duration.ofSeconds(2), Duration.ofMinutes(2), 100);
        return new EndpointSettings(
                new WireSettings(d.wire().path(), publish, d.wire().poll(), 4), stream, Set.of(), Set.of(), false);
    }

    private RawHttp handshake(String rest, String... headers) {
        return RawHttp.request(
                server.port(),
                "GET /api/notifications" + rest + " HTTP/1.1\nHost: localhost\n" + String.join("\n", headers));
    }

    /** An open WebSocket. */
    private RawHttp open(String rest) {
        RawHttp client = handshake(rest, UPGRADE, KEY, "Sec-WebSocket-Version: 13");
        client.untilContains("\r\n\r\n");
        assertThat(client.text()).startsWith("HTTP/1.1 101 ");
        await().pollInterval(Duration.ofMillis(2)).until(() -> server.streams.size() > 0);
        return client;
    }

    static byte[] frame(int opcode, byte[] payload) {
        return frame(0x80 | opcode, payload, true);
    }

    private static byte[] frame(int first, byte[] payload, boolean masked) {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
        int mask = masked ? 0x80 : 0;
        frame.put((byte) first);
        if (payload.length < 126) {
            frame.put((byte) (mask | payload.length));
        } else {
            frame.put((byte) (mask | 126)).putShort((short) payload.length);
        }
        if (masked) {
            frame.putInt(0);
        }
        frame.put(payload);
        byte[] bytes = new byte[frame.position()];
        frame.flip().get(bytes);
        return bytes;
    }

    private static RawHttp say(RawHttp client, String... messages) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String message : messages) {
            all.writeBytes(frame(TEXT, message.replace('\'', '"').getBytes(UTF_8)));
        }
        return client.send(all.toByteArray());
    }

    /** The messages so far, once there are so many. */
    private static List<JsonNode> hear(RawHttp client, int count) {
        client.until(text -> Wire.messages(client.body()).texts().size() >= count);
        return Wire.messages(client.body()).texts().stream().map(JSON::readTree).toList();
    }

    private static JsonNode answer(RawHttp client, String message) {
        int before = Wire.messages(client.body()).texts().size();
        return hear(say(client, message), before + 1).get(before);
    }

    private static int closeCode(RawHttp client) {
        client.untilEnd();
        return Wire.messages(client.body()).closeCode();
    }

    private Receipt publish(String topic, String text) {
        return server.log.append(Publication.of(Notification.of(topic, text))).join();
    }

    // ---- the handshake

    @Test
    void theHandshakeIsAnswered() {
        try (RawHttp client =
                handshake("", UPGRADE, KEY, "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: x, belfry.v1")) {
            String head = client.untilContains("\r\n\r\n");
            assertThat(head)
                    .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
                    .containsIgnoringCase("\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
                    .containsIgnoringCase("\r\nupgrade: websocket\r\n")
                    .containsIgnoringCase("\r\nconnection: upgrade\r\n")
                    .containsIgnoringCase("\r\nsec-websocket-protocol: belfry.v1\r\n")
                    .doesNotContainIgnoringCase("transfer-encoding")
                    .doesNotContainIgnoringCase("content-length")
                    .doesNotContainIgnoringCase("extensions");
        }
    }

    @Test
    void aSubprotocolThatWasNotOfferedIsNotNamed() {
        try (RawHttp client = handshake("", UPGRADE, KEY, "Sec-WebSocket-Version: 13")) {
            assertThat(client.untilContains("\r\n\r\n"))
                    .startsWith("HTTP/1.1 101 ")
                    .doesNotContainIgnoringCase("sec-websocket-protocol");
        }
    }

    /** A browser would close the connection, and its page would see no reason. */
    @ParameterizedTest
    @ValueSource(strings = {"other", "x, y", "BELFRY.V1", "belfry.v2", "other\nSec-WebSocket-Protocol: another"})
    void anOfferOfOtherSubprotocolsOnlyIsRefused(String offered) {
        try (RawHttp client =
                handshake("", UPGRADE, KEY, "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: " + offered)) {
            assertThat(client.untilContains("invalid-handshake"))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("belfry.v1");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Sec-WebSocket-Key:",
                "Sec-WebSocket-Key: x",
                "Sec-WebSocket-Key: AAAA",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZSB0b28gbG9uZw=="
            })
    void aBadKeyIsRefused(String key) {
        String headers = UPGRADE + "\nSec-WebSocket-Version: 13" + (key.isEmpty() ? "" : "\n" + key);
        assertThat(handshake("", headers).untilContains("invalid-handshake")).startsWith("HTTP/1.1 400 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Sec-WebSocket-Version: 8", "Sec-WebSocket-Version: 14", "X: y"})
    void anotherVersionIsRefusedAndTheRightOneNamed(String version) {
        assertThat(handshake("", UPGRADE, KEY, version).untilContains("websocket-version"))
                .startsWith("HTTP/1.1 426 ")
                .containsIgnoringCase("\r\nsec-websocket-version: 13\r\n");
    }

    @Test
    void itTakesAGetOfHttp11AndConnectionUpgrade() {
        String rest = " HTTP/1.1\nHost: localhost\n" + KEY + "\nSec-WebSocket-Version: 13\nUpgrade: websocket\n";
        String path = "/api/notifications";
        assertThat(RawHttp.request(server.port(), "GET " + path + rest + "Connection: keep-alive")
                        .untilContains("invalid-handshake"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(RawHttp.request(server.port(), "GET " + path + rest.replace("1.1", "1.0") + "Connection: Upgrade")
                        .untilContains("invalid-handshake"))
                .startsWith("HTTP/1.");
        RawHttp head = RawHttp.request(server.port(), "HEAD " + path + rest + "Connection: Upgrade, close");
        assertThat(head.status()).isEqualTo(400);
        assertThat(head.bodyToEnd()).isEmpty();
        assertThat(server.streams.size()).isZero();
    }

    @Test
    void aBadTopicOrCursorIsRefusedBeforeTheUpgrade() {
        assertThat(handshake("?topic=a%00", UPGRADE, KEY, "Sec-WebSocket-Version: 13")
                        .untilContains("invalid-pattern"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(handshake("?after=oops", UPGRADE, KEY, "Sec-WebSocket-Version: 13")
                        .untilContains("invalid-cursor"))
                .startsWith("HTTP/1.1 400 ");
    }

    // ---- events and commands

    @Test
    void eventsComeAsMessages() {
        Receipt old = publish("a", "old");
        try (RawHttp client = open("?topic=a&after=earliest")) {
            publish("b", "no");
            Receipt live = publish("a", "x".repeat(70_000));
            List<JsonNode> events = hear(client, 2);
            assertThat(events)
                    .extracting(e -> e.get("id").asString())
                    .containsExactly(old.first().toString(), live.first().toString());
            assertThat(events.get(1).get("data").asString()).hasSize(70_000);
        }
        await().until(() -> server.streams.size() == 0);
    }

    @Test
    void allReplacesWhatItCoversAndNotThePatternsOfReservedTopics() {
        try (RawHttp client = open("?topic=a&topic=$s/*")) {
            JsonNode subscribed = answer(client, "{'op':'subscribe','topic':['b','**']}");
            assertThat(subscribed.get("topic").valueStream().map(JsonNode::asString))
                    .containsExactlyInAnyOrder("**", "$s/*");
            assertThat(answer(client, "{'op':'unsubscribe','topic':'**'}")
                            .get("topic")
                            .toString())
                    .isEqualTo("[\"$s/*\"]");
        }
    }

    @Test
    void aPatternReplacesThoseThatItCovers() {
        try (RawHttp client = open("?topic=a/1&topic=a/*/x")) {
            assertThat(answer(client, "{'op':'subscribe','topic':['a/**','b']}")
                            .get("topic")
                            .valueStream()
                            .map(JsonNode::asString))
                    .containsExactlyInAnyOrder("a/**", "b");
            assertThat(answer(client, "{'op':'subscribe','topic':'a/2'}")
                            .get("topic")
                            .valueStream()
                            .map(JsonNode::asString))
                    .containsExactlyInAnyOrder("a/**", "b");
            assertThat(answer(client, "{'op':'unsubscribe','topic':'a/**'}")
                            .get("topic")
                            .toString())
                    .isEqualTo("[\"b\"]");
        }
    }

    @Test
    void wildcardsThatComeOneAfterTheOtherAreCountedTogether() {
        try (RawHttp client = open("?topic=")) {
            for (String pattern : List.of("a/*/*/x", "b/*/*/x", "c/*/*/x")) {
                assertThat(answer(client, "{'op':'subscribe','topic':'" + pattern + "'}")
                                .get("op")
                                .asString())
                        .isEqualTo("subscribed");
            }
            JsonNode error = answer(client, "{'op':'subscribe','topic':'d/*/*/*'}");
            assertThat(error.get("code").asString()).isEqualTo("too-many-wildcards");
            assertThat(answer(client, "{'op':'subscribe','topic':'*/*/*/x'}")
                            .get("topic")
                            .toString())
                    .isEqualTo("[\"*/*/*/x\"]");
        }
    }

    @Test
    void everyCommandIsAnsweredWithItsRef() {
        try (RawHttp client = open("?topic=")) {
            assertThat(answer(client, "{'op':'ping','ref':5}").toString()).isEqualTo("{\"op\":\"pong\",\"ref\":\"5\"}");
            JsonNode subscribed = answer(client, "{'op':'subscribe','ref':'s\\\"','topic':['a','b/*']}");
            assertThat(subscribed.get("op").asString()).isEqualTo("subscribed");
            assertThat(subscribed.get("ref").asString()).isEqualTo("s\"");
            assertThat(subscribed.get("topic").valueStream().map(JsonNode::asString))
                    .containsExactlyInAnyOrder("a", "b/*");
            assertThat(subscribed.get("position").asString())
                    .isEqualTo(server.log.head().toString());
            JsonNode unsubscribed = answer(client, "{'op':'unsubscribe','topic':'a'}");
            assertThat(unsubscribed.get("op").asString()).isEqualTo("unsubscribed");
            assertThat(unsubscribed.get("topic").toString()).isEqualTo("[\"b/*\"]");
            JsonNode published = answer(client, "{'op':'publish','ref':'p','notification':{'topic':'a','data':1}}");
            assertThat(published.toString())
                    .isEqualTo("{\"op\":\"published\",\"ref\":\"p\",\"ids\":[\"" + server.log.head() + "\"]}");
        }
    }

    @Test
    void itsOwnPublicationsComeBackIfItAsksForThem() {
        try (RawHttp client = open("?topic=a")) {
            say(client, "{'op':'publish','notification':[{'topic':'a','data':{'x':1.0}},{'topic':'b','data':2}]}");
            assertThat(hear(client, 2)).anySatisfy(message -> {
                assertThat(message.get("topic")).isNotNull();
                assertThat(message.get("data").toString()).isEqualTo("{\"x\":1.0}");
            });
        }
    }

    @Test
    void aKeyThatComesAgainIsReplayed() {
        try (RawHttp client = open("?topic=")) {
            String publish = "{'op':'publish','key':'k','notification':{'data':1}}";
            JsonNode first = answer(client, publish);
            JsonNode second = answer(client, publish);
            assertThat(second.get("ids")).isEqualTo(first.get("ids"));
            assertThat(first.get("replayed")).isNull();
            assertThat(second.get("replayed").asBoolean()).isTrue();
            assertThat(answer(client, publish.replace("1", "2")).get("code").asString())
                    .isEqualTo("idempotency-conflict");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'data':'1'}",
                "{'data':1,'topic':['a','b']}",
                "{'data':1,'topic':'a, b'}",
                "{'data':1,'ttl':60}",
                "{'data':1,'public':true}",
                "{'data':1,'event':'e'}",
                "[{'data':1},{'data':1}]"
            })
    void aKeyStandsForOnePublicationOnly(String other) {
        try (RawHttp client = open("?topic=")) {
            answer(client, "{'op':'publish','key':'k','notification':{'data':1}}");
            assertThat(answer(client, "{'op':'publish','key':'k','notification':" + other + "}")
                            .get("code")
                            .asString())
                    .isEqualTo("idempotency-conflict");
        }
    }

    @Test
    void theFirstTopicsMaySayWhereTheyBegin() {
        Receipt first = publish("a", "1");
        publish("b", "no");
        try (RawHttp client = open("?topic=")) {
            say(client, "{'op':'subscribe','topic':'a','after':'earliest'}");
            List<JsonNode> heard = hear(client, 2);
            assertThat(heard.get(0).get("op").asString()).isEqualTo("subscribed");
            assertThat(heard.get(1).get("id").asString())
                    .isEqualTo(first.first().toString());
            assertThat(answer(client, "{'op':'subscribe','topic':'b','after':'earliest'}")
                            .get("code")
                            .asString())
                    .isEqualTo("cursor-not-allowed");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"earliest", "now", "2020-01-01T00:00:00Z"})
    void commandsOfOneReadAreDoneInTheirOrder(String after) {
        for (int i = 0; i < 10; i++) {
            try (RawHttp client = open("?topic=")) {
                say(
                        client,
                        "{'op':'subscribe','ref':1,'topic':'a','after':'" + after + "'}",
                        "{'op':'subscribe','ref':2,'topic':'b'}",
                        "{'op':'unsubscribe','ref':3,'topic':'x'}",
                        "{'op':'ping','ref':4}");
                List<JsonNode> heard = hear(client, 4);
                assertThat(heard).extracting(m -> m.get("ref").asString()).containsExactly("1", "2", "3", "4");
                assertThat(heard.get(2).get("topic").valueStream().map(JsonNode::asString))
                        .containsExactlyInAnyOrder("a", "b");
            }
        }
    }

    @Test
    void aMessageThatCannotBeReadIsAnsweredWithItsRef() {
        try (RawHttp client = open("?topic=")) {
            say(client, "{'op':'publish','notification':{'tpoic':'a','data':1},'ref':'7'}");
            JsonNode refused = hear(client, 1).get(0);
            assertThat(refused.get("ref").asString()).isEqualTo("7");
            assertThat(refused.get("code").asString()).isEqualTo("unknown-field");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"op\":\"dance\"}                                  | unknown-op",
                "{}                                                  | unknown-op",
                "{\"op\":1}                                          | invalid-op",
                "{\"op\":\"ping\",\"ref\":[]}                        | invalid-ref",
                "{\"op\":\"ping\",\"x\":1}                           | unknown-field",
                "{\"op\":\"ping\",\"op\":\"publish\"}                | duplicate-field",
                "{\"op\":\"ping\"}{\"op\":\"ping\"}                  | invalid-json",
                "{\"op\":\"ping\"                                    | invalid-json",
                "[]                                                  | invalid-json",
                "ping                                                | invalid-json",
                "{\"op\":\"subscribe\",\"topic\":\"a\\n\"}            | invalid-pattern",
                "{\"op\":\"subscribe\",\"topic\":1}                  | invalid-topic",
                "{\"op\":\"subscribe\",\"topic\":[\"a\",\"b\",\"c\",\"d\",\"e\"]} | too-many-topics",
                "{\"op\":\"subscribe\",\"topic\":[\"a\",\"b\",\"c\",\"d\",\"**\"]} | too-many-topics",
                "{\"op\":\"subscribe\",\"topic\":[\"a/*/*/*\",\"b/*/*/*\",\"c/*/*/*\"]} | too-many-wildcards",
                "{\"op\":\"subscribe\",\"topic\":\"1/2/3/4/5/6/7/8/9/1/2/3/4/5/6/7/8/9/1/2/3/4/5/6/7/8/9/1/2/3/4/5/6/*\"} | too-many-wildcards",
                "{\"op\":\"subscribe\",\"topic\":\"a\",\"after\":\"x\"} | invalid-cursor",
                "{\"op\":\"subscribe\",\"topic\":\"a\",\"after\":1}  | invalid-after",
                "{\"op\":\"publish\"}                                | missing-notification",
                "{\"op\":\"subscribe\"}                              | missing-topic",
                "{\"op\":\"ping\",\"topic\":\"a\"}                   | unknown-field",
                "{\"op\":\"publish\",\"notification\":{\"data\":1},\"topic\":\"a\"} | unknown-field",
                "{\"op\":\"unsubscribe\",\"topic\":\"a\",\"after\":\"now\"} | unknown-field",
                "{\"op\":\"ping\",\"ref\":null}                      | invalid-ref",
                "{\"op\":\"publish\",\"notification\":[]}            | empty-batch",
                "{\"op\":\"publish\",\"notification\":1}             | invalid-notification",
                "{\"op\":\"publish\",\"notification\":{}}            | missing-data",
                "{\"op\":\"publish\",\"notification\":{\"data\":1,\"topic\":\"$x\"}} | reserved-topic",
                "{\"op\":\"publish\",\"notification\":[{\"data\":1},{\"data\":1},{\"data\":1},{\"data\":1}]} | batch-too-large",
                "{\"op\":\"publish\",\"key\":1,\"notification\":{\"data\":1}} | invalid-key",
                "{\"op\":\"publish\",\"key\":\"\",\"notification\":{\"data\":1}} | invalid-idempotency-key",
            })
    void aCommandThatIsWrongIsAnsweredAndTheConnectionStays(String message, String code) {
        try (RawHttp client = open("?topic=")) {
            JsonNode error = answer(client, message);
            assertThat(error.get("op").asString()).isEqualTo("error");
            assertThat(error.get("code").asString()).isEqualTo(code);
            assertThat(answer(client, "{'op':'ping'}").get("op").asString()).isEqualTo("pong");
            assertThat(server.log.head().offset()).isZero();
        }
    }

    @Test
    void aThousandPublicationsInOneGoAreAllAnswered() {
        try (RawHttp client = open("?topic=")) {
            for (int i = 0; i < 1000; i++) {
                say(client, "{'op':'publish','ref':" + i + ",'notification':{'data':" + i + "}}");
            }
            assertThat(hear(client, 1000)).allMatch(m -> m.get("op").asString().equals("published"));
            assertThat(server.log.head().offset()).isEqualTo(1000);
        }
    }

    // ---- frames

    @Test
    void aPingIsAnsweredWithItsPayload() {
        try (RawHttp client = open("")) {
            client.send(frame(PING, "abc".getBytes(UTF_8)));
            client.untilContains("\u008A\u0003abc");
        }
    }

    @Test
    void aMessageInFragmentsIsOneMessage() {
        try (RawHttp client = open("")) {
            client.send(frame(TEXT, "{\"op\":".getBytes(UTF_8), true));
            client.send(frame(0x80, "\"ping\"}".getBytes(UTF_8), true));
            assertThat(hear(client, 1).get(0).get("op").asString()).isEqualTo("pong");
        }
    }

    @Test
    void theClientsCloseIsSentBack() {
        try (RawHttp client = open("")) {
            client.send(frame(CLOSE, new byte[] {0x0F, (byte) 0xA1}));
            assertThat(closeCode(client)).isEqualTo(4001);
        }
        await().until(() -> server.streams.size() == 0);
    }

    @Test
    void whatBreaksTheProtocolIsClosedWithItsCode() {
        assertThat(closeCode(open("").send(frame(BINARY, new byte[3])))).isEqualTo(1003);
        assertThat(closeCode(open("").send(frame(0x81, "x".getBytes(UTF_8), false))))
                .isEqualTo(1002);
        assertThat(closeCode(open("").send(frame(0x80 | 3, new byte[0], true)))).isEqualTo(1002);
        assertThat(closeCode(open("").send(frame(0xC1, new byte[0], true)))).isEqualTo(1002);
        assertThat(closeCode(open("").send(frame(0x80, new byte[1], true)))).isEqualTo(1002);
        assertThat(closeCode(open("").send(frame(TEXT, new byte[] {(byte) 0xC0, (byte) 0x80}))))
                .isEqualTo(1007);
        assertThat(closeCode(open("").send(frame(TEXT, new byte[1001])))).isEqualTo(1009);
        assertThat(closeCode(open("").send(frame(TEXT, new byte[600], true)).send(frame(0x80, new byte[600], true))))
                .isEqualTo(1009);
        await().until(() -> server.streams.size() == 0);
    }

    @Test
    void theServersEndIsSaid() {
        try (RawHttp client = open("")) {
            server.streams.close();
            assertThat(closeCode(client)).isEqualTo(1012);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aMessageThatNeverEndsIsClosedAfterTheTimeOfABody(boolean isFragmented) {
        EndpointSettings d = small();
        PublishSettings quick = new PublishSettings(1000, 3, Duration.ofMillis(300));
        WireSettings wire = new WireSettings(d.wire().path(), quick, d.wire().poll(), 4);
        try (TestServer hurried = new TestServer(
                        new EndpointSettings(wire, d.stream(), Set.of(), Set.of(), false), new InMemoryEventLog());
                RawHttp client = RawHttp.request(
                        hurried.port(),
                        "GET /api/notifications HTTP/1.1\nHost: localhost\n" + UPGRADE + "\n" + KEY
                                + "\nSec-WebSocket-Version: 13")) {
            client.untilContains("\r\n\r\n");
            await().pollInterval(Duration.ofMillis(2)).until(() -> hurried.streams.size() > 0);
            // complete messages do not count, nor does the time between them
            say(client, "{'op':'ping'}");
            hear(client, 1);
            client.send(
                    isFragmented ? frame(TEXT, new byte[] {'{'}, true) : new byte[] {(byte) 0x81, (byte) 0x85, 0, 0});
            client.untilEnd();
            assertThat(Wire.messages(client.body()).closeCode()).isEqualTo(1008);
        }
    }
}
