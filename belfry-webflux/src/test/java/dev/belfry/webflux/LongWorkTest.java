package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.InMemoryEventLog;
import dev.belfry.testkit.RawHttp;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What takes an event loop long waits for a reader thread; what does not is done at once, though all of them are busy. */
class LongWorkTest {
    private static final int READERS = Math.max(2, Runtime.getRuntime().availableProcessors());
    private static final String WEB_SOCKET = "Upgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 13\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

    private final TestServer server = new TestServer(EndpointSettings.DEFAULT, new InMemoryEventLog());
    private final CountDownLatch readersAreFree = new CountDownLatch(1);

    @BeforeEach
    void keepAllReadersBusy() {
        for (int i = 0; i < READERS; i++) {
            server.hub.readers().execute(this::awaitTheEnd);
        }
    }

    private void awaitTheEnd() {
        try {
            assertThat(readersAreFree.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void close() {
        readersAreFree.countDown();
        server.close();
    }

    private RawHttp get(String query, String headers) {
        return RawHttp.request(
                server.port(), "GET /api/notifications?" + query + " HTTP/1.1\nHost: localhost\n" + headers);
    }

    private RawHttp post(String text) {
        return new RawHttp(server.port())
                .send("POST /api/notifications HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + text.length()
                        + "\r\n\r\n" + text);
    }

    private static byte[] text(String json) {
        return WebSocketTest.frame(1, json.getBytes(StandardCharsets.US_ASCII));
    }

    private void awaitThatOneWaits() {
        await().until(() -> server.hub.readers().underWay() == READERS + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Accept: application/json", "Accept: text/event-stream", WEB_SOCKET})
    void theFilterOfALongQueryIsMadeOnAReaderThread(String headers) {
        RawHttp refused = get("topic=" + "a".repeat(3_000), headers);
        awaitThatOneWaits();
        assertThat(get("topic=" + "a".repeat(1_025), headers).status()).isEqualTo(400);
        readersAreFree.countDown();
        assertThat(refused.status()).isEqualTo(400);
    }

    @Test
    void aLargeBodyIsParsedOnAReaderThread() {
        RawHttp large = post("x".repeat(BodyDoor.LONG_BYTES + 1));
        awaitThatOneWaits();
        assertThat(post("small").status()).isEqualTo(201);
        readersAreFree.countDown();
        assertThat(large.status()).isEqualTo(201);
    }

    @Test
    void whatALargeBodyHoldsIsGivenBackThoughItsClientHasGone() {
        RawHttp large = post("x".repeat(BodyDoor.LONG_BYTES + 1));
        awaitThatOneWaits();
        assertThat(server.streams.budget().heldBytes()).isGreaterThan(BodyDoor.LONG_BYTES);
        large.close();
        await().until(() -> server.streams.budget().heldBytes() == 0);
        readersAreFree.countDown();
        await().until(() -> server.hub.readers().underWay() == 0);
        assertThat(server.streams.budget().heldBytes()).isZero();
    }

    @Test
    void aWebSocketDoesNothingElseUntilALongCommandIsDone() {
        try (RawHttp client = get("topic=", WEB_SOCKET)) {
            client.untilContains("\r\n\r\n");
            await().until(() -> server.streams.size() == 1);
            client.send(text("{\"op\":\"ping\",\"ref\":\"1\"}"));
            client.untilContains("\"ref\":\"1\"");
            client.send(text(
                    "{\"op\":\"subscribe\",\"ref\":\"2\",\"topic\":\"" + "a/".repeat(60) + "\"}" + " ".repeat(5_000)));
            client.send(text("{\"op\":\"ping\",\"ref\":\"3\"}"));
            awaitThatOneWaits();
            readersAreFree.countDown();
            String all = client.untilContains("\"ref\":\"3\"");
            assertThat(all.indexOf("\"ref\":\"2\"")).isPositive().isLessThan(all.indexOf("\"ref\":\"3\""));
        }
    }
}
