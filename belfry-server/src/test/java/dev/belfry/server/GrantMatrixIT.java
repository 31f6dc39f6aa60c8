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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
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
    private static final AtomicInteger TRIES = new AtomicInteger();

    private static Path directory;
    private static ServerWithTokens server;

    @BeforeContainer
    static void start() throws IOException {
        directory = Files.createTempDirectory("belfry-matrix");
        server = new ServerWithTokens(directory);
    }

    @AfterContainer
    static void stop() throws IOException {
        server.close();
        FileSystemUtils.deleteRecursively(directory);
    }

    /** An event to be published. */
    record Published(Set<String> topics, boolean isPublic) {}

    @Provide
    Arbitrary<List<Published>> events() {
        return Combinators.combine(
                        Arbitraries.of(TOPICS).set().ofMinSize(1).ofMaxSize(3), Arbitraries.of(true, false, false))
                .as(Published::new)
                .list()
                .ofMinSize(3)
                .ofMaxSize(20);
    }

    @Provide
    Arbitrary<Set<String>> patterns() {
        return Arbitraries.of(PATTERNS).set().ofMaxSize(3);
    }

    @Property(tries = 25, generation = GenerationMode.RANDOMIZED, shrinking = ShrinkingMode.OFF)
    void everybodyGetsWhatTheRuleSays(
            @ForAll("events") List<Published> events,
            @ForAll("patterns") Set<String> asked,
            @ForAll("patterns") Set<String> granted)
            throws Exception {
        // a place of its own, in which all is matched
        String root = "m" + TRIES.incrementAndGet();
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
