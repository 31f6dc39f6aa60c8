package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.InMemoryEventLog;
import dev.belfry.Notification;
import dev.belfry.Publication;
import dev.belfry.Receipt;
import dev.belfry.stream.StreamSettings;
import dev.belfry.testkit.LeakProbe;
import dev.belfry.testkit.RawHttp;
import dev.belfry.testkit.RawHttp2Stream;
import dev.belfry.testkit.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.netty.http.HttpProtocol;
import reactor.netty.resources.LoopResources;

/** Streams in HTTP/2 frames, in the clear: with prior knowledge, and by the upgrade of HTTP/1.1. */
@Timeout(60)
class Http2Test {
    @AfterAll
    static void nothingHasLeaked() {
        LeakProbe.assertNoLeaks();
    }

    private static Flux<String> stream(TestServer server, String accept) {
        return reactor.netty.http.client.HttpClient.create()
                .protocol(HttpProtocol.H2C)
                .headers(headers -> headers.set("Accept", accept))
                .get()
                .uri(server.uri(""))
                .responseContent()
                .asString();
    }

    private static Receipt publish(TestServer server, String text) {
        return server.log.append(Publication.of(Notification.of("a", text))).join();
    }

    private static void awaitStreams(TestServer server, int count) {
        await().pollInterval(Duration.ofMillis(5)).until(() -> server.streams.size() == count);
    }

    @Test
    void streamsShareAConnectionAndEndOneByOne() {
        try (TestServer server = new TestServer()) {
            List<String> sse = new CopyOnWriteArrayList<>();
            List<String> lines = new CopyOnWriteArrayList<>();
            Disposable first = stream(server, "text/event-stream").subscribe(sse::add);
            Disposable second = stream(server, "application/x-ndjson").subscribe(lines::add);
            awaitStreams(server, 2);
            Receipt receipt = publish(server, "x".repeat(300_000));
            await().until(() -> String.join("", sse).endsWith("id: " + receipt.first() + "\n\n")
                    && String.join("", lines).endsWith("}\n"));
            assertThat(String.join("", sse)).startsWith(":\nretry: ").contains("\ndata: xxx");
            assertThat(Wire.idsOfLines(String.join("", lines)))
                    .containsExactly(receipt.first().toString());

            first.dispose();
            awaitStreams(server, 1);
            Receipt more = publish(server, "more");
            await().until(() -> String.join("", lines).contains(more.first().toString()));
            server.streams.close();
            await().until(second::isDisposed);
            awaitStreams(server, 0);
        }
    }

    @Test
    void theUpgradeOfHttp11LeadsToAStream() throws IOException, InterruptedException {
        try (TestServer server = new TestServer()) {
            HttpClient client =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
            HttpRequest request = HttpRequest.newBuilder(server.uri("?after=earliest"))
                    .header("Accept", "text/event-stream")
                    .timeout(Duration.ofSeconds(30))
                    .build();
            Receipt receipt = publish(server, "old");
            for (int i = 0; i < 2; i++) {
                HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
                assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
                StringBuilder text = new StringBuilder();
                try (InputStream in = response.body()) {
                    while (text.indexOf("id: " + receipt.first() + "\n\n") < 0) {
                        int next = in.read();
                        assertThat(next).as("behind %s", text).isNotNegative();
                        text.append((char) next);
                    }
                }
                assertThat(text).contains("\ndata: old\n");
                awaitStreams(server, 0);
            }
        }
    }

    @Test
    void aStreamThatTakesNothingIsCutOffAndOthersAreNot() {
        EndpointSettings d = EndpointSettings.DEFAULT;
        StreamSettings quick =
                new StreamSettings(Duration.ofMillis(160), Duration.ofSeconds(2), Duration.ofMillis(500), 100);
        try (TestServer server = new TestServer(
                new EndpointSettings(d.wire(), quick, Set.of(), Set.of(), false), new InMemoryEventLog())) {
            List<String> heard = new CopyOnWriteArrayList<>();
            Disposable reader = stream(server, "text/event-stream").subscribe(heard::add);
            BaseSubscriber<String> takesNothing = new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    subscription.request(1);
                }
            };
            stream(server, "text/event-stream").subscribe(takesNothing);
            awaitStreams(server, 2);
            publish(server, "x".repeat(3_000_000));
            awaitStreams(server, 1);
            assertThat(server.streams.stalled()).isEqualTo(1);
            Receipt receipt = publish(server, "x");
            await().until(() -> String.join("", heard).contains(receipt.first().toString()));
            reader.dispose();
            takesNothing.dispose();
        }
    }

    @Test
    void aStreamGetsNoMoreThanItsWindow() throws Exception {
        try (TestServer server = onOneLoop();
                RawHttp2Stream stream = new RawHttp2Stream(server.port(), 1000)) {
            awaitStreams(server, 1);
            List<Receipt> receipts = new ArrayList<>(publishMany(server, 100, "x".repeat(50)));
            for (int granted = 1000; granted < 4000; granted += 333) {
                assertThatNoMoreComesThan(granted, stream, server, receipts);
                stream.widenStream(333);
            }
            stream.widenStream(100_000);
            stream.readUntilEvent(receipts.get(receipts.size() - 1).first().toString());
            assertThatAllArrived(stream, receipts);
            // and what is published while there is room goes out at once again
            Receipt more = publish(server, "more");
            stream.readUntil("id: " + more.first() + "\n");
        }
    }

    @Test
    void theStreamsOfAConnectionGetNoMoreThanItsWindow() throws Exception {
        int window = 65_535;
        try (TestServer server = onOneLoop();
                RawHttp2Stream stream = new RawHttp2Stream(server.port(), Integer.MAX_VALUE)) {
            awaitStreams(server, 1);
            List<Receipt> receipts = new ArrayList<>(publishMany(server, 100, "x".repeat(1000)));
            assertThatNoMoreComesThan(window, stream, server, receipts);
            stream.widenConnection(1000);
            assertThatNoMoreComesThan(window + 1000, stream, server, receipts);
            stream.widenConnection(Integer.MAX_VALUE - window);
            stream.readUntilEvent(receipts.get(receipts.size() - 1).first().toString());
            assertThatAllArrived(stream, receipts);
        }
    }

    private static TestServer onOneLoop() {
        return new TestServer(
                EndpointSettings.DEFAULT,
                new InMemoryEventLog(),
                http -> http.runOn(LoopResources.create("one", 1, true)));
    }

    /**
     * Reads what the window has room for. Then one more event is published, and when another client on the same event loop has
     * got it and the loop has answered a PING, the loop has had every reason and the time to send more.
     */
    private static void assertThatNoMoreComesThan(
            int window, RawHttp2Stream stream, TestServer server, List<Receipt> receipts) throws IOException {
        stream.readUntil(window);
        try (RawHttp other = RawHttp.request(
                server.port(), "GET /api/notifications HTTP/1.1\nHost: localhost\nAccept: text/event-stream")) {
            other.untilContains("retry: ");
            Receipt marker = publish(server, "marker");
            receipts.add(marker);
            other.untilContains("id: " + marker.first() + "\n");
        }
        stream.readUntilPong();
        assertThat(stream.dataBytes()).isEqualTo(window);
    }

    @Test
    void whatTheKernelDoesNotTakeWaitsInOrder() throws Exception {
        try (TestServer server = new TestServer();
                RawHttp2Stream stream = new RawHttp2Stream(server.port(), Integer.MAX_VALUE)) {
            stream.widenConnection(Integer.MAX_VALUE - 65_535);
            awaitStreams(server, 1);
            // more than the kernel takes, of which it takes a part whenever some has been read
            List<Receipt> receipts = new ArrayList<>(publishMany(server, 1000, "x".repeat(15_000)));
            CompletableFuture<List<Receipt>> publishing = CompletableFuture.supplyAsync(() -> {
                List<Receipt> more = new ArrayList<>(publishMany(server, 1000, "x".repeat(15_000)));
                more.addAll(publishMany(server, 30, "y".repeat(100_000)));
                return more;
            });
            stream.readUntilEvent(receipts.get(receipts.size() - 1).first().toString());
            receipts.addAll(publishing.join());
            stream.readUntilEvent(receipts.get(receipts.size() - 1).first().toString());
            assertThatAllArrived(stream, receipts);
        }
    }

    @Test
    void aConnectionIsNotIdleWhileItsStreamGetsEvents() throws Exception {
        try (TestServer server = new TestServer(
                        EndpointSettings.DEFAULT,
                        new InMemoryEventLog(),
                        http -> http.idleTimeout(Duration.ofMillis(500)));
                RawHttp2Stream stream = new RawHttp2Stream(server.port(), 1 << 20)) {
            awaitStreams(server, 1);
            long from = System.nanoTime();
            await().pollInterval(Duration.ofMillis(100)).until(() -> {
                Receipt receipt = publish(server, "x");
                stream.readUntil("id: " + receipt.first() + "\n");
                return System.nanoTime() - from > Duration.ofMillis(1500).toNanos();
            });
            assertThat(server.streams.size()).isEqualTo(1);
        }
    }

    private static List<Receipt> publishMany(TestServer server, int count, String text) {
        return IntStream.range(0, count).mapToObj(i -> publish(server, text)).toList();
    }

    private static void assertThatAllArrived(RawHttp2Stream stream, List<Receipt> receipts) {
        assertThat(Wire.idsOfSse(stream.text()))
                .containsExactlyElementsOf(
                        receipts.stream().map(r -> r.first().toString()).toList());
    }
}
