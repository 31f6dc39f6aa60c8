package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.Data;
import dev.belfry.InMemoryEventLog;
import dev.belfry.LogSettings;
import dev.belfry.Notification;
import dev.belfry.Permissions;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.Retention;
import dev.belfry.Topic;
import dev.belfry.TopicPattern;
import dev.belfry.stream.MemoryBudget;
import dev.belfry.stream.MemoryBudget.Use;
import dev.belfry.testkit.LeakProbe;
import dev.belfry.testkit.ManualClock;
import dev.belfry.testkit.RawHttp;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** One event under its id, for those who may read it. */
class OneEventTest {
    private final ManualClock clock = new ManualClock();
    private final TestServer server = new TestServer(
            EndpointSettings.DEFAULT,
            new InMemoryEventLog(LogSettings.DEFAULT
                    .withClock(clock)
                    .withRetention(new Retention(Duration.ofDays(1), Long.MAX_VALUE, Long.MAX_VALUE))),
            http -> http,
            List.of(),
            exchange -> Mono.just(permissions(exchange.getRequest().getHeaders().getFirst("Authorization"))));

    private static Permissions permissions(String subject) {
        return subject == null
                ? Permissions.OPEN
                : new Permissions(subject, Set.of(), Set.of(TopicPattern.of(subject + "/**")), null);
    }

    @AfterEach
    void close() {
        await().until(() -> server.streams.budget().heldBytes() == 0);
        server.close();
    }

    @AfterAll
    static void nothingHasLeaked() {
        LeakProbe.assertNoLeaks();
    }

    private Position publish(String topic, Duration ttl) {
        Notification notification =
                new Notification(List.of(new Topic(topic)), "kind", Data.text("said to " + topic), false, ttl);
        return server.log.append(Publication.of(notification)).join().first();
    }

    private RawHttp ask(String method, Object id, String... fields) {
        String head = method + " /api/notifications/" + id + " HTTP/1.1\nHost: localhost\nConnection: close";
        return RawHttp.request(server.port(), fields.length == 0 ? head : head + "\n" + String.join("\n", fields));
    }

    private String bodyOf(Object id, String... fields) {
        try (RawHttp http = ask("GET", id, fields)) {
            return http.status() + " " + http.bodyToEnd();
        }
    }

    @Test
    void itIsTheObjectThatAPollHas() {
        Position id = publish("ann/1", null);
        publish("ann/2", null);
        try (RawHttp http = ask("GET", id)) {
            assertThat(http.status()).isEqualTo(200);
            assertThat(http.header("Content-Type")).isEqualTo("application/json");
            assertThat(http.header("Cache-Control")).isEqualTo("no-store");
            assertThat(http.bodyToEnd())
                    .startsWith("{\"id\":\"" + id + "\",\"topic\":\"ann/1\",\"event\":\"kind\",")
                    .endsWith("\"data\":\"said to ann/1\"}\n");
        }
    }

    @Test
    void headIsTheSameWithoutTheBody() {
        Position id = publish("ann/1", null);
        try (RawHttp http = ask("HEAD", id)) {
            assertThat(http.status()).isEqualTo(200);
            assertThat(http.header("Content-Type")).isEqualTo("application/json");
            assertThat(http.bodyToEnd()).isEmpty();
        }
        try (RawHttp http = ask("HEAD", id.plus(9))) {
            assertThat(http.status()).isEqualTo(404);
        }
    }

    /** Byte for byte: an answer that differed would say where the events of others are. */
    @Test
    void oneOfOthersOneThatIsGoneAndOneThatNeverWasAreTheSame() {
        Position old = publish("ann/1", null);
        clock.advance(Duration.ofDays(2));
        Position dead = publish("ann/1", Duration.ofSeconds(1));
        Position ofOthers = publish("bob/1", null);
        Position mine = publish("ann/2", null);
        clock.advance(Duration.ofSeconds(2));

        assertThat(bodyOf(mine, "Authorization: ann")).startsWith("200 ");
        String unknown = bodyOf(mine.plus(1_000), "Authorization: ann");
        assertThat(unknown).startsWith("404 ").contains("\"code\":\"unknown-event\"");
        for (Position id : List.of(old, dead, ofOthers)) {
            assertThat(bodyOf(id, "Authorization: ann")).isEqualTo(unknown);
        }
        assertThat(bodyOf(ofOthers, "Authorization: bob")).startsWith("200 ");
    }

    /** Also one that looks like an id: the log has never had such an epoch. */
    @ParameterizedTest
    @ValueSource(strings = {"orders-42", "orders-0", "a-1", "0-1", "a-01", "A-1", "a-", "-1", "a-1/b", "a"})
    void everyOtherPathIsATopic(String topic) {
        Position id = publish(topic, null);
        assertThat(bodyOf(topic)).startsWith("200 {\"events\":[{\"id\":\"" + id + "\",");
        assertThat(bodyOf(topic + "?after=now")).startsWith("200 {\"events\":[],");
    }

    @Test
    void aStreamUnderAnIdIsOfATopic() {
        Position id = publish("ann/1", null);
        try (RawHttp http = ask("GET", id + "?after=earliest", "Accept: application/x-ndjson")) {
            assertThat(http.status()).isEqualTo(200);
            Position other = publish(id.toString(), null);
            http.untilContains("{\"id\":\"" + other + "\"");
            assertThat(http.text()).doesNotContain("ann/1");
        }
    }

    @Test
    void withoutRoomItIsToldToComeAgain() {
        Position id = publish("ann/1", null);
        try (MemoryBudget.Hold all = server.streams.budget().open(Use.ANSWERS, null)) {
            all.force(1L << 40);
            assertThat(bodyOf(id)).startsWith("503 ").contains("too-many-answers");
        }
        assertThat(bodyOf(id)).startsWith("200 ");
    }
}
