package dev.belfry.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.testkit.RawHttp;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What strangers make the server hold, on a heap of 256 MB: it has room for them within its budget, lets it go in time, and goes on for
 * everybody else.
 */
class HeldMemoryIT {
    private static final List<String> SMALL_HEAP =
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError");
    private static final double SMALL_HEAP_BYTES = 256 << 20;
    private static final int MEGABYTE = 1_000_000;
    private static final Pattern HELD =
            Pattern.compile("^belfry_memory_held_bytes\\{[^}]*use=\"(\\w+)\"[^}]*} (\\S+)$", Pattern.MULTILINE);

    private int management;
    private BelfryProcess belfry;

    @BeforeEach
    void start(@TempDir Path directory) {
        management = BelfryProcess.freePort();
        belfry = BelfryProcess.startWithJvm(
                SMALL_HEAP,
                directory,
                "--belfry.log.durability=os",
                "--belfry.stream.heartbeat=2s",
                "--belfry.stream.write-stall-timeout=3s",
                "--belfry.publish.body-timeout=3s",
                "--management.server.port=" + management);
    }

    @AfterEach
    void stop() {
        belfry.close();
    }

    private String metrics() {
        return Http.get(URI.create("http://127.0.0.1:" + management + "/actuator/prometheus"))
                .body();
    }

    private double held(String uses) {
        return HELD.matcher(metrics())
                .results()
                .filter(line -> line.group(1).matches(uses))
                .mapToDouble(line -> Double.parseDouble(line.group(2)))
                .sum();
    }

    private void awaitReleased(String uses) {
        await().atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> held(uses) == 0);
    }

    private void publishLarge(String topic, int count, int bytes) {
        for (int i = 0; i < count; i++) {
            String json = Http.notification(topic, i + "x".repeat(bytes));
            Http.publish(belfry.notifications(""), Http.JSON, json);
        }
    }

    private void assertHonestWorkGoesOn() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ids.addAll(Http.publishNumbers(belfry, "honest", i, i + 1));
        }
        assertThat(Http.readAll(belfry, "honest"))
                .extracting(event -> event.get("id").asString())
                .contains(ids.get(19));
    }

    private void assertUnharmed() {
        assertThat(belfry.isAlive()).as(belfry::said).isTrue();
        assertThat(belfry.said()).doesNotContain("OutOfMemory").doesNotContain("LEAK");
    }

    @Test
    void answersToPollsThatNobodyReadsAreBoundedAndCutOff() {
        publishLarge("big", 4, MEGABYTE);
        try (Silent polls = new Silent(belfry.port())) {
            for (int i = 0; i < 250; i++) {
                polls.get("?topic=big", Http.JSON);
                if (i % 50 == 49) {
                    assertHonestWorkGoesOn();
                }
            }
            awaitReleased(".*answers");
            assertHonestWorkGoesOn();
        }
        // an answer of this size is for one who reads it
        assertThat(Http.get(belfry.notifications("?topic=big")).body()).hasSizeGreaterThan(MEGABYTE);
        assertUnharmed();
    }

    @Test
    void pollsOverHttp2WithoutAWindowAreBoundedAndCutOff() throws IOException {
        publishLarge("big", 4, MEGABYTE);
        List<RawHttp2> connections = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                RawHttp2 connection = new RawHttp2(belfry.port());
                connections.add(connection);
                Http2Frames requests =
                        new Http2Frames().frame(Http2Frames.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
                for (int stream = 1; stream < 200; stream += 2) {
                    requests.get(stream);
                }
                connection.send(requests);
            }
            assertHonestWorkGoesOn();
            awaitReleased(".*answers");
            assertHonestWorkGoesOn();
            RawHttp2 first = connections.get(0);
            assertThat(first.await(frame -> frame.type() == Http2Frames.RST_STREAM)
                            .errorCode())
                    .isEqualTo(Http2Frames.CANCEL);
        } finally {
            connections.forEach(RawHttp2::close);
        }
        assertUnharmed();
    }

    @Test
    void patternsAreBoundedAndRefusedWithAClearAnswer() throws Exception {
        List<WebSocketClient> clients = new ArrayList<>();
        List<String> answers = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                WebSocketClient client = WebSocketClient.connect(
                        URI.create(belfry.notifications("?topic=").toString().replace("http:", "ws:")));
                clients.add(client);
                answers.add(client.ask(subscribe(i)).toString());
            }
            assertThat(answers.get(0)).contains("\"op\":\"subscribed\"");
            assertThat(answers.get(39)).contains("\"code\":\"no-room\"");
            assertThat(held("patterns")).isLessThan(SMALL_HEAP_BYTES / 16);
            assertHonestWorkGoesOn();
        } finally {
            clients.forEach(WebSocketClient::close);
        }
        awaitReleased("patterns");
        assertUnharmed();
    }

    /** 256 patterns of 1,024 characters that nobody else has. */
    private static String subscribe(int client) {
        return IntStream.range(0, 256)
                .mapToObj(i -> "\"" + client + "/" + i + "/" + "x".repeat(1000) + "\"")
                .collect(Collectors.joining(",", "{\"op\":\"subscribe\",\"topic\":[", "]}"));
    }

    @Test
    void messagesThatDoNotEndAreBoundedAndCutOff() {
        byte[] part = unfinishedMessage(3_900_000);
        try (Silent senders = new Silent(belfry.port())) {
            for (int i = 0; i < 65; i++) {
                senders.send(part);
            }
            assertHonestWorkGoesOn();
            awaitReleased("publications");
        }
        assertHonestWorkGoesOn();
        assertUnharmed();
    }

    private static byte[] unfinishedMessage(int bytes) {
        byte[] handshake = """
                GET /api/notifications HTTP/1.1
                Host: localhost
                Upgrade: websocket
                Connection: Upgrade
                Sec-WebSocket-Version: 13
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

                """.replace("\n", "\r\n").getBytes(ISO_8859_1);
        return ByteBuffer.allocate(handshake.length + 14 + bytes)
                .put(handshake)
                // text, the last frame; masked, with a length of 64 bits and a mask of zeros
                .put((byte) 0x81)
                .put((byte) 0xFF)
                .putLong(bytes + 1000L)
                .putInt(0)
                .array();
    }

    @Test
    void streamsOfLargeEventsThatNobodyReadsAreBoundedAndCutOffAndTheNextOneGetsThem() throws IOException {
        publishLarge("big", 4, 4 * MEGABYTE);
        try (Silent streams = new Silent(belfry.port());
                RawHttp honest = RawHttp.request(
                        belfry.port(),
                        "GET /api/notifications/honest HTTP/1.1\nHost: localhost\nAccept: " + Http.SSE)) {
            assertThat(honest.status()).isEqualTo(200);
            for (int i = 0; i < 150; i++) {
                streams.get("?topic=big&topic=own/" + i + "&after=earliest", Http.SSE);
            }
            publishLarge("big", 4, 4 * MEGABYTE);
            String last = Http.publishNumbers(belfry, "honest", 0, 1).get(0);
            honest.untilContains("id: " + last);
            assertHonestWorkGoesOn();
            await().atMost(Duration.ofSeconds(20)).until(() -> metrics().contains("cause=\"stalled\""));
            assertThat(held(".*chunks")).isLessThan(SMALL_HEAP_BYTES / 8);
        }
        awaitReleased(".*chunks");
        try (RawHttp reader = RawHttp.request(
                belfry.port(),
                "GET /api/notifications/big?after=earliest HTTP/1.1\nHost: localhost\nAccept: " + Http.SSE)) {
            assertThat(reader.stream().readNBytes(5 * MEGABYTE)).hasSize(5 * MEGABYTE);
        }
        assertUnharmed();
    }

    @Test
    void slowBodiesOnOneConnectionOfHttp2KeepNobodyOut() throws IOException {
        try (RawHttp2 connection = new RawHttp2(belfry.port())) {
            Http2Frames bodies = new Http2Frames();
            for (int stream = 1; stream < 200; stream += 2) {
                bodies.post(stream, "content-length", "4000000").frame(Http2Frames.DATA, 0, stream, "x".repeat(600));
            }
            connection.send(bodies);
            for (int i = 0; i < 5; i++) {
                publishLarge("x", 1, 3_900_000);
            }
            assertHonestWorkGoesOn();
            awaitReleased("publications");
        }
        assertUnharmed();
    }
}
