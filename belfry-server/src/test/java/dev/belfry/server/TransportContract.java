package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.testkit.AwkwardPayloads;
import dev.belfry.testkit.AwkwardPayloads.Payload;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What is the same through every door: the events, their ids, their order, their bytes, and how a gap is said. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TransportContract {
    private static final int DISCONNECTIONS = 20;
    private static final int EACH = 25;
    private static final int KEPT = 3000;

    private final Transport transport;
    private final String[] options;

    private BelfryProcess belfry;

    TransportContract(Transport transport, String... options) {
        this.transport = transport;
        this.options = Stream.concat(
                        Stream.of("--belfry.log.retention.events=" + KEPT, "--belfry.stream.retry=1ms"),
                        Stream.of(options))
                .toArray(String[]::new);
    }

    @BeforeAll
    void start(@TempDir Path directory) {
        belfry = BelfryProcess.start(directory, options);
    }

    @AfterAll
    void stop() {
        belfry.close();
    }

    private Feed open(String topic, @Nullable String cursor) throws Exception {
        return transport.open(belfry.notifications("?topic=" + topic), cursor);
    }

    @Test
    void everyEventComesOnceAndInOrderThroughTwentyDisconnections() throws Exception {
        Random random = new Random(42);
        List<String> ids = new ArrayList<>();
        List<Received> received = new ArrayList<>();
        String start = startOf("numbers");
        for (int i = 0; i < DISCONNECTIONS; i++) {
            ids.addAll(publishNumbers(i * 2 * EACH, i * 2 * EACH + EACH));
            int from = i * 2 * EACH + EACH;
            try (CuttingProxy proxy = new CuttingProxy(belfry.port())) {
                if (i % 3 == 1) {
                    proxy.cutAfter(600 + random.nextInt(1500));
                }
                CompletableFuture<List<String>> during =
                        CompletableFuture.supplyAsync(() -> publishNumbersOneByOne(from, from + EACH));
                read(proxy, i, random, received, start);
                ids.addAll(during.join());
            }
        }
        try (Feed feed = open("numbers", cursor(received, start))) {
            while (received.size() < ids.size()) {
                received.add(feed.next());
            }
        }

        List<Received> expected = IntStream.range(0, ids.size())
                .mapToObj(i -> new Received(ids.get(i), "notification", Integer.toString(i)))
                .toList();
        assertSame(received, expected);
        assertThat(received).hasSize(DISCONNECTIONS * 2 * EACH);
    }

    /** Says where two long lists begin to differ. */
    private static void assertSame(List<Received> received, List<Received> expected) {
        int same = 0;
        while (same < received.size()
                && same < expected.size()
                && received.get(same).equals(expected.get(same))) {
            same++;
        }
        assertThat(received.subList(same, Math.min(received.size(), same + 5)))
                .as("from the event with index %s on", same)
                .isEqualTo(expected.subList(same, Math.min(expected.size(), same + 5)));
    }

    /** An id to begin behind. */
    private String startOf(String topic) {
        return Http.publishNumbers(belfry, topic, 0, 1).get(0);
    }

    private static String cursor(List<Received> received, String start) {
        return received.isEmpty() ? start : received.get(received.size() - 1).id();
    }

    /** Reads until the connection is cut by the client, on the way, or by the server: with a restart, or by a kill. */
    private void read(CuttingProxy proxy, int round, Random random, List<Received> received, String start)
            throws Exception {
        URI direct = belfry.notifications("?topic=numbers");
        URI uri = URI.create(direct.toString().replace(":" + belfry.port(), ":" + proxy.port()));
        try (Feed feed = transport.open(uri, cursor(received, start))) {
            int wanted = 1 + random.nextInt(2 * EACH - 1);
            for (int i = 0; i < wanted; i++) {
                received.add(feed.nextOrOver());
            }
            if (round == 6) {
                belfry.stop();
                received.addAll(feed.rest());
                belfry = belfry.startAgain();
            } else if (round == 12) {
                belfry.kill();
                received.addAll(feed.rest());
                belfry = belfry.startAgain();
            }
        } catch (Feed.Over e) {
            assertThat(round % 3).as("cut by the proxy").isEqualTo(1);
        } catch (Exception e) {
            // the connection was cut before the answer to the request was complete
            assertThat(round % 3).as("cut by the proxy: %s", e).isEqualTo(1);
        }
    }

    private List<String> publishNumbers(int from, int to) {
        return Http.publishNumbers(belfry, "numbers", from, to);
    }

    private List<String> publishNumbersOneByOne(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(number -> Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .pollDelay(Duration.ZERO)
                        .until(() -> tryPublish(number), ids -> !ids.isEmpty()))
                .flatMap(List::stream)
                .toList();
    }

    /** While the server is down, or on its way there, a publisher tries again under the same key. */
    private List<String> tryPublish(int number) {
        try {
            HttpResponse<String> response = Http.send(
                    "POST",
                    belfry.notifications(""),
                    Http.notification("numbers", Integer.toString(number)),
                    "Content-Type",
                    Http.JSON,
                    "Idempotency-Key",
                    "number-" + number);
            return response.statusCode() == 503 ? List.of() : Http.ids(response);
        } catch (UncheckedIOException e) {
            return List.of();
        }
    }

    @Test
    void awkwardPayloadsComeBackByteForByteFromTheLog() throws Exception {
        String start = startOf("awkward-kept");
        List<String> ids = Http.publish(
                belfry.notifications(""),
                Http.JSON,
                AwkwardPayloads.ALL.stream()
                        .map(payload -> notification("awkward-kept", payload))
                        .collect(Collectors.joining(",", "[", "]")));
        try (Feed feed = open("awkward-kept", start)) {
            List<Received> received = feed.next(ids.size());

            assertThat(received).extracting(Received::id).isEqualTo(ids);
            assertPayloads(received);
        }
    }

    @Test
    void awkwardPayloadsComeBackByteForByteLive() throws Exception {
        try (Feed feed = open("awkward-live", null)) {
            for (Payload payload : AwkwardPayloads.ALL) {
                Http.publish(belfry.notifications(""), Http.JSON, notification("awkward-live", payload));
            }

            assertPayloads(feed.next(AwkwardPayloads.ALL.size()));
        }
    }

    private static String notification(String topic, Payload payload) {
        String data = payload.isJson() ? payload.value() : Json.quoted(payload.value());
        return "{\"topic\":\"" + topic + "\",\"event\":\"awkward\",\"data\":" + data + "}";
    }

    private void assertPayloads(List<Received> received) {
        for (int i = 0; i < received.size(); i++) {
            Payload payload = AwkwardPayloads.ALL.get(i);
            String expected = transport.isSse() ? payload.asSse() : payload.value();
            assertThat(received.get(i).data()).as(payload.name()).isEqualTo(expected);
            assertThat(received.get(i).event()).as(payload.name()).isEqualTo("awkward");
        }
    }

    @Test
    void aCursorThatRetentionHasTakenGetsAGapAndThenWhatIsKept() throws Exception {
        List<String> first = Http.publishNumbers(belfry, "trimmed", 0, 10);
        publishFiller();
        List<String> kept = Http.publishNumbers(belfry, "trimmed", 10, 20);
        awaitGone(first);

        try (Feed feed = open("trimmed", first.get(0))) {
            assertGap(feed.next(), "trimmed", first.get(0));
            assertThat(feed.next(10)).extracting(Received::id).isEqualTo(kept);
        }
    }

    private void publishFiller() {
        for (int i = 0; i < KEPT + 1000; i += 1000) {
            Http.publish(belfry.notifications(""), Http.NDJSON, (Http.notification("filler", "x") + "\n").repeat(1000));
        }
    }

    /** Retention may take a moment. */
    private void awaitGone(List<String> ids) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> !Http.get(belfry.notifications("?topic=trimmed&after=" + ids.get(0)), "Accept", Http.JSON)
                        .body()
                        .contains("\"data\":\"9\""));
    }

    @Test
    void aCursorOfAnotherDataDirectoryGetsAGapAndThenWhatIsKept() throws Exception {
        List<String> kept = Http.publishNumbers(belfry, "foreign", 0, 5);

        try (Feed feed = open("foreign", "1z-3")) {
            assertGap(feed.next(), "unknown-epoch", "1z-3");
            assertThat(feed.next(5)).extracting(Received::id).isEqualTo(kept);
            assertThat(Http.publishNumbers(belfry, "foreign", 5, 6))
                    .containsExactly(feed.next().id());
        }
    }

    @Test
    void aCursorBeyondTheEndGetsAGapAndThenWhatIsKept() throws Exception {
        List<String> kept = Http.publishNumbers(belfry, "beyond", 0, 5);
        String beyond = kept.get(4) + "000";

        try (Feed feed = open("beyond", beyond)) {
            assertGap(feed.next(), "beyond-end", beyond);
            assertThat(feed.next(5)).extracting(Received::id).isEqualTo(kept);
        }
    }

    private static void assertGap(Received gap, String reason, String requested) {
        assertThat(gap.isGap()).as(gap.toString()).isTrue();
        assertThat(Json.tree(gap.data()).get("reason").asString()).isEqualTo(reason);
        assertThat(Json.tree(gap.data()).get("requested").asString()).isEqualTo(requested);
        assertThat(Json.tree(gap.data()).get("oldest").asString()).isNotEmpty();
        assertThat(Json.tree(gap.data()).get("head").asString()).isNotEmpty();
    }

    @Test
    void aClientThatStoresTheIdOfAGapIsNotToldAgain() throws Exception {
        List<String> kept = Http.publishNumbers(belfry, "told", 0, 2);
        String gap;
        try (Feed feed = open("told", "1z-3")) {
            gap = feed.next().id();
        }
        try (Feed feed = open("told", gap)) {
            assertThat(feed.next(2)).extracting(Received::id).isEqualTo(kept);
        }
    }

    @Test
    void aTimeIsACursor() throws Exception {
        Http.publishNumbers(belfry, "timed", 0, 3);
        String between = Instant.now().plusMillis(1).toString();
        Awaitility.await()
                .until(() -> Instant.now().isAfter(Instant.parse(between).plusMillis(2)));
        List<String> later = Http.publishNumbers(belfry, "timed", 3, 6);

        try (Feed feed = open("timed", between)) {
            assertThat(feed.next(3)).extracting(Received::id).isEqualTo(later);
        }
    }

    @Test
    void nonsenseAsACursorIsRefused() {
        for (String nonsense :
                List.of("nonsense", "-", "1-", "-1", "1z-03", "1Z-3", "2026-11-22T10:00", "1z-3 ".repeat(99))) {
            assertThatThrownBy(() -> open("any", nonsense))
                    .as(nonsense)
                    .isInstanceOfSatisfying(
                            Refused.class, e -> assertThat(e.status()).isEqualTo(400));
        }
    }

    @Test
    void onlyTheTopicsThatWereAskedForCome() throws Exception {
        try (Feed feed = open("wanted/*", null)) {
            Http.publishNumbers(belfry, "unwanted", 0, 3);
            Http.publishNumbers(belfry, "wanted/1/deeper", 0, 3);
            List<String> ids = Http.publishNumbers(belfry, "wanted/1", 0, 3);

            assertThat(feed.next(3)).extracting(Received::id).isEqualTo(ids);
        }
    }
}
