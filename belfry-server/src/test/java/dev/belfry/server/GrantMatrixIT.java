package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.Data;
import dev.belfry.Notification;
import dev.belfry.Receipt;
import dev.belfry.Topic;
import dev.belfry.testkit.RawHttp;
import dev.belfry.testkit.RawHttp2Stream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.util.FileSystemUtils;

/**
 * Grants, subscriptions, public and private events, at random, live and on replay on every transport, against the rule by itself: a
 * pattern of the subscription matches one of the topics and, unless the event is public, a grant covers one.
 */
class GrantMatrixIT {
    private static final List<String> TOPICS = List.of("a", "b", "a/b", "a/c", "b/c", "a/b/c");
    private static final List<String> PATTERNS =
            List.of("a", "b", "a/b", "*", "a/*", "a/**", "**", "**/c", "*/c", "b/**", "none");
    private static final Pattern MARKS = Pattern.compile("<([0-9]+|end)>");

    private static Path directory;
    private static ServerWithTokens server;

    @BeforeAll
    static void start() throws IOException {
        directory = Files.createTempDirectory("belfry-matrix");
        server = new ServerWithTokens(directory);
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
        FileSystemUtils.deleteRecursively(directory);
    }

    /** The first ones are always the same; the others are new each time, and named by a test that fails. */
    static IntStream seeds() {
        return IntStream.concat(IntStream.range(0, 15), new Random().ints(10, 100, 1 << 20));
    }

    /** An event to be published. */
    record Published(Set<String> topics, boolean isPublic) {}

    private static Published event(Random random) {
        return new Published(some(TOPICS, 1 + random.nextInt(3), random), random.nextInt(3) == 0);
    }

    private static Set<String> some(List<String> values, int count, Random random) {
        return Stream.generate(() -> values.get(random.nextInt(values.size())))
                .limit(count)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everybodyGetsWhatTheRuleSays(int seed) throws Exception {
        Random random = new Random(seed);
        List<Published> events = Stream.generate(() -> event(random))
                .limit(3 + random.nextInt(18))
                .toList();
        Set<String> asked = some(PATTERNS, random.nextInt(4), random);
        Set<String> granted = some(PATTERNS, random.nextInt(4), random);
        // a place of its own, in which all is matched
        String root = "m" + seed;
        String token = ServerWithTokens.token(
                String.join(",", granted.stream().map(p -> root + "/" + p).toList()),
                Instant.now().plusSeconds(600));
        StringBuilder query = new StringBuilder("?topic=end-" + root);
        asked.forEach(
                pattern -> query.append("&topic=").append(root).append('/').append(pattern));
        List<String> expected = expected(events, asked, granted);

        Receipt first = server.publish(Notification.of(root + "-start", "x"));
        Map<String, Callable<String>> live = open(query.toString(), token);
        await().until(() -> server.subscribersOf("end-" + root) == live.size());
        publish(events, root);
        for (Map.Entry<String, Callable<String>> client : live.entrySet()) {
            assertThat(marks(client.getValue().call()))
                    .as("live %s", client.getKey())
                    .isEqualTo(expected);
        }
        Map<String, Callable<String>> replay = open(query + "&after=" + first.first(), token);
        replay.put("poll", () -> {
            String rest = query + "&limit=1000&after=" + first.first();
            try (RawHttp client = server.get(rest, token, "Accept: application/json")) {
                return client.bodyByLength();
            }
        });
        for (Map.Entry<String, Callable<String>> client : replay.entrySet()) {
            assertThat(marks(client.getValue().call()))
                    .as("replay %s", client.getKey())
                    .isEqualTo(expected);
        }
    }

    private static void publish(List<Published> events, String root) {
        for (int i = 0; i < events.size(); i++) {
            List<Topic> topics = events.get(i).topics.stream()
                    .map(topic -> new Topic(root + "/" + topic))
                    .toList();
            server.publish(new Notification(topics, "e", Data.text("<" + i + ">"), events.get(i).isPublic, null));
        }
        server.publish(new Notification(List.of(new Topic("end-" + root)), "e", Data.text("<end>"), true, null));
    }

    /** Streams that have begun, each with what reads it up to the end. */
    private static Map<String, Callable<String>> open(String query, String token) throws IOException {
        Map<String, Callable<String>> streams = new LinkedHashMap<>();
        for (String accept : List.of("text/event-stream", "application/x-ndjson")) {
            RawHttp client = server.get(query, token, "Accept: " + accept);
            client.untilContains("\r\n\r\n");
            streams.put(accept, () -> toTheEnd(client));
            RawHttp2Stream http2 = server.http2(query, token, accept);
            streams.put(accept + " http2", () -> {
                try (http2) {
                    http2.readUntil("<end>");
                    return http2.text();
                }
            });
        }
        RawHttp socket = server.socket(query, token);
        streams.put("websocket", () -> toTheEnd(socket));
        return streams;
    }

    private static String toTheEnd(RawHttp client) {
        try (client) {
            return client.untilContains("<end>");
        }
    }

    private static List<String> marks(String text) {
        List<String> marks = new ArrayList<>();
        for (Matcher mark = MARKS.matcher(text); mark.find(); ) {
            marks.add(mark.group(1));
        }
        return marks;
    }

    // ---- the rule, naively

    private static List<String> expected(List<Published> events, Set<String> asked, Set<String> granted) {
        List<String> expected = new ArrayList<>(IntStream.range(0, events.size())
                .filter(i -> matchesAny(asked, events.get(i).topics)
                        && (events.get(i).isPublic || matchesAny(granted, events.get(i).topics)))
                .mapToObj(Integer::toString)
                .toList());
        expected.add("end");
        return expected;
    }

    private static boolean matchesAny(Set<String> patterns, Set<String> topics) {
        return patterns.stream().anyMatch(pattern -> topics.stream().anyMatch(topic -> matches(pattern, topic)));
    }

    private static boolean matches(String pattern, String topic) {
        String regex = ("/" + pattern).replace("/**", "(/.+)?").replace("/*", "/[^/]+");
        return ("/" + topic).matches(regex);
    }
}
