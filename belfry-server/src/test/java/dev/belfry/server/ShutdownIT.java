package dev.belfry.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.testkit.RawHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a server ends that is told to. */
class ShutdownIT {
    private static final int STREAMS = 10_000;
    private static final Duration MOST = Duration.ofSeconds(10);
    private static final Pattern PROPER_END = Pattern.compile("retry: \\d+\n\n\r\n0\r\n\r\n\\z");

    @Test
    void tenThousandStreamsEndProperlyWithATimeToComeBackInUnderTenSeconds(@TempDir Path directory) throws Exception {
        try (BelfryProcess belfry = BelfryProcess.start(directory);
                Clients clients = new Clients(belfry.port())) {
            clients.open(STREAMS);
            CompletableFuture<String> publishing = CompletableFuture.supplyAsync(() -> publishUntilRefused(belfry));
            clients.readUntil(client -> client.events > 0);

            CompletableFuture<Duration> stopping = CompletableFuture.supplyAsync(belfry::stop);
            clients.readUntil(client -> client.ended);

            assertThat(stopping.join()).isLessThan(MOST);
            assertThat(clients.all)
                    .hasSize(STREAMS)
                    .allSatisfy(client -> assertThat(client.tail()).containsPattern(PROPER_END));
            String lastAcknowledged = publishing.join();
            assertThat(belfry.said()).doesNotContain("ERROR").doesNotContain("streams left");
            assertIsKept(belfry, lastAcknowledged);
        }
    }

    /** Publishes until the server does not take it any more: with 503, or not at all. The last id that was acknowledged. */
    private static String publishUntilRefused(BelfryProcess belfry) {
        String last = "";
        try {
            while (true) {
                HttpResponse<String> response =
                        Http.postJson(belfry.notifications(""), Http.notification("numbers", "x"));
                if (response.statusCode() != 201) {
                    assertThat(response.statusCode()).isEqualTo(503);
                    assertThat(response.headers().firstValue("Retry-After")).isPresent();
                    return last;
                }
                last = Http.ids(response).get(0);
            }
        } catch (UncheckedIOException e) {
            return last;
        }
    }

    private static void assertIsKept(BelfryProcess belfry, String id) {
        try (BelfryProcess again = belfry.startAgain()) {
            String newest = Http.get(again.notifications("?after=now")).body();
            assertThat(Json.tree(newest).get("next").asString()).isEqualTo(id);
        }
    }

    @Test
    void aWebSocketIsClosedAsOnARestartAHeldPollIsAnsweredAndALineOfJsonIsComplete(@TempDir Path directory)
            throws Exception {
        try (BelfryProcess belfry = BelfryProcess.start(directory);
                WebSocketClient socket = WebSocketClient.connect(
                        URI.create(belfry.notifications("?topic=x").toString().replaceFirst("http", "ws")));
                Feed ndjson = Transport.NDJSON.open(belfry.notifications("?topic=x"), null)) {
            CompletableFuture<HttpResponse<String>> held = CompletableFuture.supplyAsync(
                    () -> Http.get(belfry.notifications("?topic=y&after=now"), "Prefer", "wait=25"));
            String id = Http.publishNumbers(belfry, "x", 0, 1).get(0);

            assertThat(belfry.stop()).isLessThan(MOST);

            assertThat(ndjson.rest()).extracting(Received::id).containsExactly(id);
            assertThat(socket.awaitClosed().code()).isEqualTo(1012);
            assertThat(held.join().statusCode()).isEqualTo(200);
            assertThat(Json.tree(held.join().body()).get("events")).isEmpty();
        }
    }

    @Test
    void whileStreamsAreEndedAnEventSourceIsToldWhenToComeBackAndAllElseIsRefused(@TempDir Path directory)
            throws Exception {
        try (BelfryProcess belfry = BelfryProcess.start(directory);
                RawHttp kept = new RawHttp(belfry.port()).send(request("GET", "application/json"));
                RawHttp takesNothing = new RawHttp(belfry.port()).send(request("GET", Http.SSE))) {
            assertThat(kept.status()).isEqualTo(200);
            kept.next();
            assertThat(takesNothing.status()).isEqualTo(200);
            // what the kernel does not take makes the server wait for this stream, for 5 s
            for (int i = 0; i < 4; i++) {
                Http.publish(belfry.notifications("/x"), "text/plain", "x".repeat(4_000_000));
            }
            belfry.terminate();
            publishUntilRefused(belfry);

            for (RawHttp connection : new RawHttp[] {kept, new RawHttp(belfry.port())}) {
                connection.send(request("GET", Http.SSE));
                assertThat(connection.status()).isEqualTo(200);
                assertThat(connection.bodyByLength()).containsPattern("retry: \\d+\n\n");
                connection.close();
            }
            assertRefused(belfry, request("GET", Http.NDJSON), "no-room");
            assertRefused(belfry, request("POST", "*/*"), "log-closed");
        }
    }

    private static String request(String method, String accept) {
        return method + " /api/notifications HTTP/1.1\r\nHost: localhost\r\nAccept: " + accept + "\r\nContent-Length: "
                + (method.equals("POST") ? "1\r\n\r\nx" : "0\r\n\r\n");
    }

    private static void assertRefused(BelfryProcess belfry, String request, String code) throws IOException {
        try (RawHttp connection = new RawHttp(belfry.port()).send(request)) {
            assertThat(connection.status()).isEqualTo(503);
            assertThat(connection.header("retry-after")).isNotEmpty();
            assertThat(connection.bodyByLength()).contains(code);
        }
    }

    /** Many SSE clients on one thread. */
    private static final class Clients implements AutoCloseable {
        private static final int AT_ONCE = 200;

        private final InetSocketAddress address;
        private final Selector selector = Selector.open();
        private final List<Client> all = new ArrayList<>();

        Clients(int port) throws IOException {
            address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        }

        void open(int count) throws IOException {
            while (all.size() < count) {
                for (int i = 0; i < AT_ONCE && all.size() < count; i++) {
                    all.add(new Client(address, selector));
                }
                readUntil(client -> client.opened);
            }
        }

        /** Reads what comes on all of them until it has come true of every one. */
        void readUntil(Predicate<Client> condition) throws IOException {
            long deadlineNanos = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
            while (!all.stream().allMatch(condition)) {
                assertThat(System.nanoTime()).as("deadline").isLessThan(deadlineNanos);
                selector.select(100);
                for (SelectionKey key : selector.selectedKeys()) {
                    ((Client) key.attachment()).read(key, buffer);
                }
                selector.selectedKeys().clear();
            }
        }

        @Override
        public void close() throws IOException {
            for (Client client : all) {
                client.channel.close();
            }
            selector.close();
        }
    }

    /** One of them: it keeps the end of what came. */
    private static final class Client {
        private static final int KEPT = 160;

        private final SocketChannel channel;
        private String tail = "";
        private boolean opened;
        private boolean ended;
        private int events;

        Client(InetSocketAddress address, Selector selector) throws IOException {
            channel = SocketChannel.open();
            channel.setOption(StandardSocketOptions.SO_RCVBUF, 8 << 10);
            channel.connect(address);
            channel.write(ByteBuffer.wrap(
                    "GET /api/notifications HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"
                            .getBytes(ISO_8859_1)));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, this);
        }

        void read(SelectionKey key, ByteBuffer buffer) throws IOException {
            buffer.clear();
            if (channel.read(buffer) < 0) {
                ended = true;
                key.cancel();
                return;
            }
            String all = tail + ISO_8859_1.decode(buffer.flip());
            opened |= all.contains("retry: ");
            events += all.contains("\nid: ") ? 1 : 0;
            tail = all.substring(Math.max(0, all.length() - KEPT));
        }

        String tail() {
            return tail;
        }
    }
}
