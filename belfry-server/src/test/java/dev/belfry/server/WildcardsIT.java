package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The worst patterns that are allowed, and those that are not, on all transports. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WildcardsIT {
    private static final int READERS = 20;

    /** Patterns of two wildcards and seven segments each, of which none covers another. */
    private static final String WORST = worst(256);

    private BelfryProcess belfry;

    @BeforeAll
    void start(@TempDir Path directory) {
        belfry = BelfryProcess.start(directory);
    }

    @AfterAll
    void stop() {
        belfry.close();
    }

    private static String worst(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "topic=" + (i < 128 ? "**/a/" : "a/**/") + "a/a/" + bits(i) + "**")
                .collect(Collectors.joining("&", "?", ""));
    }

    private static String bits(int i) {
        return ((i & 1) == 0 ? "a/" : "b/") + (i / 2) + "/";
    }

    private URI webSocket(String rest) {
        return URI.create(belfry.notifications(rest).toString().replaceFirst("http", "ws"));
    }

    private static String notification(String last) {
        String deep = "\"" + "a/".repeat(63) + "a\",";
        return "{\"topic\":[" + deep.repeat(15) + "\"" + last + "\"],\"data\":1}";
    }

    @Test
    void readersWithTheWorstPatternsGetTheirEventsAndHoldUpNobody() throws Exception {
        ExecutorService pollers = Executors.newFixedThreadPool(READERS);
        List<WebSocketClient> clients = new ArrayList<>();
        try (WebSocketClient honest = WebSocketClient.connect(webSocket("?topic=honest"))) {
            List<CompletableFuture<String>> polls = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                clients.add(WebSocketClient.connect(webSocket(WORST)));
                URI poll = belfry.notifications(WORST + "&after=now");
                polls.add(CompletableFuture.supplyAsync(
                        () -> Http.get(poll, "Prefer", "wait=30").body(), pollers));
            }
            for (int i = 0; i < 10; i++) {
                Http.publish(belfry.notifications(""), Http.JSON, notification("none"));
                String id = Http.publish(belfry.notifications("/honest"), Http.JSON, "{\"data\":" + i + "}")
                        .get(0);
                assertThat(honest.nextMessage()).contains(id);
            }
            String id = Http.publish(belfry.notifications(""), Http.JSON, notification("a/x/a/a/a/100/y"))
                    .get(0);
            for (WebSocketClient client : clients) {
                assertThat(client.nextMessage()).contains(id);
            }
            for (CompletableFuture<String> poll : polls) {
                assertThat(poll.get(60, TimeUnit.SECONDS)).contains(id);
            }
        } finally {
            clients.forEach(WebSocketClient::close);
            pollers.shutdownNow();
        }
    }

    @Test
    void tooManyWildcardsAreRefusedOnEveryTransport() throws Exception {
        String tooMany =
                IntStream.range(0, 200).mapToObj(i -> "topic=*/" + i + "/*/**").collect(Collectors.joining("&"));
        for (String accept : List.of(Http.JSON, Http.NDJSON, Http.SSE)) {
            assertThat(Http.code(Http.get(belfry.notifications("?" + tooMany), "Accept", accept)))
                    .isEqualTo("too-many-wildcards");
        }
        try (WebSocketClient client = WebSocketClient.connect(webSocket("?topic="))) {
            String patterns = IntStream.range(0, 200)
                    .mapToObj(i -> "\"*/" + i + "/*/**\"")
                    .collect(Collectors.joining(","));
            assertThat(client.ask("{\"op\":\"subscribe\",\"topic\":[" + patterns + "]}")
                            .get("code")
                            .asString())
                    .isEqualTo("too-many-wildcards");
        }
    }
}
