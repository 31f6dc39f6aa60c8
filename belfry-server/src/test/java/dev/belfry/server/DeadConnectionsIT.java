package dev.belfry.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.testkit.RawHttp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Connections of which nothing comes any more are found, ended and counted out. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeadConnectionsIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    private BelfryProcess belfry;
    private URI gauge;

    @BeforeAll
    void start(@TempDir Path directory) {
        int managementPort = BelfryProcess.freePort();
        gauge = URI.create("http://127.0.0.1:" + managementPort + "/actuator/metrics/belfry.streams");
        belfry = BelfryProcess.start(
                directory,
                "--belfry.stream.heartbeat=200ms",
                "--belfry.stream.write-stall-timeout=2s",
                "--belfry.stream.max-connections=50",
                "--management.server.port=" + managementPort,
                "--management.endpoints.web.exposure.include=metrics");
    }

    @AfterAll
    void stop() {
        belfry.close();
    }

    private int streams() {
        return Json.tree(Http.get(gauge).body())
                .get("measurements")
                .get(0)
                .get("value")
                .asInt();
    }

    private void awaitStreams(int count) {
        Awaitility.await().atMost(SOON).until(this::streams, streams -> streams == count);
    }

    private Socket subscribe(String accept) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(8 << 10);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), belfry.port()));
        socket.setSoTimeout((int) SOON.toMillis());
        socket.getOutputStream()
                .write(("GET /api/notifications?topic=dead HTTP/1.1\r\nHost: localhost\r\nAccept: " + accept
                                + "\r\n\r\n")
                        .getBytes(ISO_8859_1));
        assertThat(new String(socket.getInputStream().readNBytes("HTTP/1.1 200".length()), ISO_8859_1))
                .isEqualTo("HTTP/1.1 200");
        return socket;
    }

    @Test
    void aClientThatClosesIsCountedOut() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            sockets.add(subscribe(i % 2 == 0 ? Http.SSE : Http.NDJSON));
        }
        awaitStreams(10);
        for (Socket socket : sockets) {
            socket.close();
        }
        awaitStreams(0);
    }

    @Test
    void aClientThatIsResetIsCountedOut() throws Exception {
        Socket socket = subscribe(Http.SSE);
        awaitStreams(1);
        socket.setSoLinger(true, 0);
        socket.close();
        awaitStreams(0);
    }

    @Test
    void everyKindOfClientIsCountedOut() throws Exception {
        for (Transport transport : List.of(
                Transport.SSE,
                Transport.SSE_TO_CONNECTION_END,
                Transport.SSE_H2C,
                Transport.NDJSON,
                Transport.NDJSON_TO_CONNECTION_END,
                Transport.WEBSOCKET)) {
            Feed feed = transport.open(belfry.notifications("?topic=dead"), null);
            awaitStreams(1);
            feed.close();
            Awaitility.await(transport.name()).atMost(SOON).until(() -> streams() == 0);
        }
    }

    @Test
    void aReaderThatNeverReadsIsCutOffAfterTheStallTimeout() throws Exception {
        try (Socket socket = subscribe(Http.SSE)) {
            awaitStreams(1);
            String kibibyte = "x".repeat(1024);
            Awaitility.await().atMost(SOON).pollInterval(Duration.ofMillis(1)).until(() -> {
                Http.publish(
                        belfry.notifications(""),
                        Http.NDJSON,
                        (Http.notification("dead", kibibyte) + "\n").repeat(500));
                return streams() == 0;
            });
            // it has what was on its way and then the end, which may be a reset
            byte[] buffer = new byte[64 << 10];
            int n;
            do {
                try {
                    n = socket.getInputStream().read(buffer);
                } catch (SocketException e) {
                    n = -1;
                }
            } while (n >= 0);
        }
    }

    @Test
    void aReaderThatReadsSlowlyIsNotCutOff() throws Exception {
        try (Socket socket = subscribe(Http.SSE)) {
            awaitStreams(1);
            long from = System.nanoTime();
            byte[] buffer = new byte[64];
            Awaitility.await().atMost(SOON).pollInterval(Duration.ofMillis(20)).until(() -> {
                assertThat(socket.getInputStream().read(buffer)).isPositive();
                return System.nanoTime() - from > Duration.ofSeconds(4).toNanos();
            });
            assertThat(streams()).isEqualTo(1);
        }
        awaitStreams(0);
    }

    @Test
    void aSilentStreamGetsSignsOfLife() throws Exception {
        try (Socket sse = subscribe(Http.SSE);
                Socket ndjson = subscribe(Http.NDJSON)) {
            readUntil(sse, "3\r\n:\n\n\r\n3\r\n:\n\n\r\n");
            readUntil(ndjson, "1\r\n\n\r\n1\r\n\n\r\n");
        }
        awaitStreams(0);
    }

    private static void readUntil(Socket socket, String expected) throws IOException {
        StringBuilder all = new StringBuilder();
        while (all.indexOf(expected) < 0) {
            int b = socket.getInputStream().read();
            assertThat(b).as(all.toString()).isNotNegative();
            all.append((char) b);
        }
    }

    @Test
    void beyondTheMostThatThereMayBeASseClientIsToldToComeBackAndOthersAreRefused() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            sockets.add(subscribe(Http.SSE));
        }
        try {
            awaitStreams(50);
            try (RawHttp http = RawHttp.request(
                    belfry.port(), "GET /api/notifications HTTP/1.0\nHost: localhost\nAccept: text/event-stream")) {
                assertThat(http.status()).isEqualTo(200);
                assertThat(http.bodyToEnd()).matches("(:\n)?retry: \\d+\n\n");
            }
            assertThat(Http.get(belfry.notifications(""), "Accept", Http.NDJSON).statusCode())
                    .isEqualTo(503);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        awaitStreams(0);
    }
}
