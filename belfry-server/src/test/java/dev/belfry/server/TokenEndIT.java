package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.Notification;
import dev.belfry.testkit.RawHttp;
import dev.belfry.testkit.RawHttp2Stream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A token that lasts three seconds, on every transport, idle and busy. */
@Timeout(120)
class TokenEndIT {
    private static final Duration LASTS = Duration.ofSeconds(3);

    /** A second is promised; the rest is for a machine that has much else to do. */
    private static final Duration LATE = Duration.ofSeconds(3);

    private static final String REASON = "{\"reason\":\"token-expired\"}";

    @TempDir
    Path directory;

    private ServerWithTokens server;
    private final ExecutorService readers = Executors.newCachedThreadPool();
    private final AtomicBoolean isOver = new AtomicBoolean();

    @BeforeEach
    void start() {
        server = new ServerWithTokens(directory);
        // so that none of the three seconds is for what a cold server has to load
        String token = ServerWithTokens.token("**", Instant.now().plusSeconds(60));
        for (String accept : List.of("text/event-stream", "application/x-ndjson")) {
            try (RawHttp client = server.get("", token, "Accept: " + accept)) {
                client.untilContains("\r\n\r\n");
            }
        }
        server.socket("", token).close();
    }

    @AfterEach
    void stop() throws InterruptedException {
        isOver.set(true);
        readers.shutdown();
        assertThat(readers.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        server.close();
    }

    /** What came, and when it ended. */
    private record Ended(String text, Instant at) {}

    private Future<Ended> read(Callable<String> toTheEnd) {
        return readers.submit(() -> new Ended(toTheEnd.call(), Instant.now()));
    }

    private Future<Ended> read(RawHttp client) {
        return read(() -> {
            try (client) {
                return client.untilEnd();
            }
        });
    }

    private Future<Ended> read(RawHttp2Stream client) {
        return read(() -> {
            try (client) {
                client.readUntil(REASON);
                return client.text();
            }
        });
    }

    @Test
    void everyTransportIsToldAndEndsSoonIdleAndBusy() throws Exception {
        Instant expires = Instant.now().plus(LASTS);
        String token = ServerWithTokens.token("**", expires);
        Map<String, Future<Ended>> clients = new LinkedHashMap<>();
        for (String topic : List.of("idle", "busy")) {
            String rest = "?topic=" + topic;
            for (String accept : List.of("text/event-stream", "application/x-ndjson")) {
                String name = topic + " " + accept;
                clients.put(name, read(server.get(rest, token, "Accept: " + accept)));
                clients.put(
                        name + " to the end", read(server.get(rest, token, "Accept: " + accept, "Connection: close")));
                clients.put(name + " http2", read(server.http2(rest, token, accept)));
            }
            clients.put(topic + " websocket", read(server.socket(rest, token)));
        }
        Future<?> publisher = readers.submit(this::publishUntilItIsOver);
        for (Map.Entry<String, Future<Ended>> client : clients.entrySet()) {
            Ended ended = client.getValue().get(30, TimeUnit.SECONDS);
            String name = client.getKey();
            assertThat(ended.at).as(name).isBetween(expires, expires.plus(LATE));
            assertThat(ended.text).as(name).containsOnlyOnce(REASON);
            assertThat(ended.text.contains("some text")).as(name).isEqualTo(name.startsWith("busy"));
            assertThat(ended.text.substring(ended.text.indexOf(REASON)))
                    .as(name)
                    .doesNotContain("some text");
            if (name.endsWith("websocket")) {
                assertThat(ended.text).endsWith("\u000B\u00B8token-expired");
            }
        }
        isOver.set(true);
        publisher.get(30, TimeUnit.SECONDS);
    }

    private void publishUntilItIsOver() {
        while (!isOver.get()) {
            server.publish(Notification.of("busy", "some text"));
        }
    }

    @Test
    void aLongPollIsRefusedAtThatTime() throws Exception {
        Instant expires = Instant.now().plus(LASTS);
        String token = ServerWithTokens.token("**", expires);
        List<Future<Ended>> polls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            RawHttp client = server.get("?after=now&topic=idle", token, "Accept: application/json", "Prefer: wait=30");
            polls.add(read(() -> {
                try (client) {
                    return client.bodyByLength();
                }
            }));
        }
        for (Future<Ended> poll : polls) {
            Ended ended = poll.get(30, TimeUnit.SECONDS);
            assertThat(ended.at).isBetween(expires, expires.plus(LATE));
            assertThat(ended.text).contains("\"code\":\"token-expired\"");
        }
    }

    @Test
    void aWebSocketThatShowsANewTokenOutlivesTheOld() throws IOException {
        Instant expires = Instant.now().plus(LASTS);
        try (RawHttp old = server.socket("?topic=a", ServerWithTokens.token("**", expires));
                RawHttp renewed = server.socket("?topic=a", ServerWithTokens.token("**", expires))) {
            String token = ServerWithTokens.token("a", expires.plusSeconds(60));
            ServerWithTokens.say(renewed, "{\"op\":\"auth\",\"token\":\"" + token + "\"}");
            renewed.untilContains("\"op\":\"authorized\"");
            assertThat(old.untilEnd()).contains(REASON);
            server.publish(Notification.of("a", "later"));
            assertThat(renewed.untilContains("later")).doesNotContain("belfry.end");
        }
    }

    @Test
    void anEndedTokenOpensNothing() {
        String token = ServerWithTokens.token("**", Instant.now().minusSeconds(1));
        for (String accept : List.of("text/event-stream", "application/x-ndjson", "application/json")) {
            try (RawHttp client = server.get("", token, "Accept: " + accept)) {
                assertThat(client.status()).isEqualTo(401);
            }
        }
    }

    @Test
    void aReconnectWithNarrowerGrantsGetsNothingOfTheOldOnReplay() throws IOException {
        Instant expires = Instant.now().plusSeconds(60);
        String wide = ServerWithTokens.token("a,b", expires);
        String narrow = ServerWithTokens.token("a", expires);
        String cursor = server.publish(Notification.of("a", "before")).first().toString();
        server.publish(Notification.of("b", "secret"));
        server.publish(Notification.of("a", "the end"));
        String rest = "?topic=*&after=" + cursor;
        for (String accept : List.of("text/event-stream", "application/x-ndjson", "application/json")) {
            try (RawHttp one = server.get(rest, wide, "Accept: " + accept);
                    RawHttp two = server.get(rest, narrow, "Accept: " + accept)) {
                assertThat(one.untilContains("the end")).contains("secret");
                assertThat(two.untilContains("the end")).doesNotContain("secret");
            }
        }
        try (RawHttp one = server.socket(rest, wide);
                RawHttp two = server.socket(rest, narrow)) {
            assertThat(one.untilContains("the end")).contains("secret");
            assertThat(two.untilContains("the end")).doesNotContain("secret");
        }
        try (RawHttp2Stream two = server.http2(rest, narrow, "text/event-stream")) {
            two.readUntil("the end");
            assertThat(two.text()).doesNotContain("secret");
        }
    }
}
