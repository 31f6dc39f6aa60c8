package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What was acknowledged outlives SIGKILL. */
class KillIT {
    private static final int ROUNDS = 20;
    private static final int PUBLISHERS = 4;

    /** A publication and the answer that it got; no ids when there was none. */
    private record Published(String key, String body, List<String> data, List<String> ids) {
        boolean isAcknowledged() {
            return !ids.isEmpty();
        }
    }

    @Test
    void everythingAcknowledgedIsThereOnceAndInOrderAfterTwentyKills(@TempDir Path directory) throws Exception {
        Random random = new Random(7);
        ConcurrentLinkedQueue<Published> all = new ConcurrentLinkedQueue<>();
        ExecutorService publishers = Executors.newFixedThreadPool(PUBLISHERS);
        BelfryProcess belfry = BelfryProcess.start(directory);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                BelfryProcess running = belfry;
                int before = all.size();
                String prefix = "r" + round;
                List<Future<?>> ends = new ArrayList<>();
                for (int p = 0; p < PUBLISHERS; p++) {
                    String publisher = prefix + "p" + p;
                    boolean withKey = p % 2 == 0;
                    ends.add(publishers.submit(() -> publishUntilKilled(running, publisher, withKey, all)));
                }
                int few = 1 + random.nextInt(120);
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> all.size() - before >= few);
                running.kill();
                for (Future<?> end : ends) {
                    end.get();
                }
                belfry = running.startAgain();
                retry(
                        belfry,
                        all.stream().filter(p -> p.key().startsWith(prefix)).toList(),
                        all);
            }
            check(belfry, List.copyOf(all));
        } finally {
            publishers.shutdownNow();
            belfry.close();
        }
    }

    private static void publishUntilKilled(
            BelfryProcess belfry, String publisher, boolean withKey, ConcurrentLinkedQueue<Published> all) {
        for (int n = 0; ; n++) {
            String name = publisher + "n" + n;
            List<String> named =
                    IntStream.range(0, 1 + n % 3).mapToObj(i -> name + "e" + i).toList();
            String body = named.stream()
                    .map(text -> Http.notification("killed/" + publisher, text))
                    .collect(Collectors.joining(",", "[", "]"));
            String key = withKey ? name : "";
            try {
                HttpResponse<String> response = post(belfry, key, body);
                if (response.statusCode() != 201) {
                    throw new AssertionError(response.body());
                }
                all.add(new Published(key, body, named, Http.ids(response)));
            } catch (UncheckedIOException e) {
                all.add(new Published(key, body, named, List.of()));
                return;
            }
        }
    }

    private static HttpResponse<String> post(BelfryProcess belfry, String key, String body) {
        return key.isEmpty()
                ? Http.postJson(belfry.notifications(""), body)
                : Http.send("POST", belfry.notifications(""), body, "Content-Type", Http.JSON, "Idempotency-Key", key);
    }

    /** Says again what was said under a key: it gets the first answer, or its first answer now. */
    private static void retry(BelfryProcess belfry, List<Published> round, ConcurrentLinkedQueue<Published> all) {
        for (Published published : round) {
            boolean sample = !published.isAcknowledged() || published.key().hashCode() % 8 == 0;
            if (published.key().isEmpty() || !sample) {
                continue;
            }
            HttpResponse<String> response = post(belfry, published.key(), published.body());
            List<String> ids = Http.ids(response);
            if (published.isAcknowledged()) {
                assertThat(ids).as(published.key()).isEqualTo(published.ids());
                assertThat(response.headers().firstValue("Idempotent-Replayed")).hasValue("true");
            } else {
                all.add(new Published(published.key(), published.body(), published.data(), ids));
            }
        }
    }

    private static void check(BelfryProcess belfry, List<Published> all) {
        Map<String, String> kept = new HashMap<>();
        List<String> order = new ArrayList<>();
        Map<String, Integer> times = new HashMap<>();
        for (JsonNode event : Http.readAll(belfry, "killed/*")) {
            kept.put(event.get("id").asString(), event.get("data").asString());
            order.add(event.get("data").asString());
            times.merge(event.get("data").asString(), 1, Integer::sum);
        }
        assertThat(all.stream().filter(Published::isAcknowledged)).hasSizeGreaterThan(ROUNDS * PUBLISHERS);
        for (Published published : all) {
            for (int i = 0; i < published.ids().size(); i++) {
                assertThat(kept.get(published.ids().get(i)))
                        .as("what is at %s", published.ids().get(i))
                        .isEqualTo(published.data().get(i));
            }
        }
        assertThat(times.values()).as("how often each is there").containsOnly(1);
        assertEachPublishersOrder(order);
    }

    private static void assertEachPublishersOrder(List<String> order) {
        Map<String, String> last = new HashMap<>();
        for (String data : order) {
            String publisher = data.substring(0, data.indexOf('n'));
            String before = last.put(publisher, data);
            assertThat(before == null || number(before) < number(data))
                    .as("%s before %s", before, data)
                    .isTrue();
        }
    }

    /** By publication, then by place in it. */
    private static long number(String data) {
        int n = data.indexOf('n');
        int e = data.indexOf('e');
        return Long.parseLong(data.substring(n + 1, e)) * 10 + Long.parseLong(data.substring(e + 1));
    }
}
