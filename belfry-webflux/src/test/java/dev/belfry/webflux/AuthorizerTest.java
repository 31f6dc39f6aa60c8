package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.Data;
import dev.belfry.EventLog;
import dev.belfry.InMemoryEventLog;
import dev.belfry.Notification;
import dev.belfry.Permissions;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.Topic;
import dev.belfry.TopicPattern;
import dev.belfry.testkit.ForwardingEventLog;
import dev.belfry.testkit.RawHttp;
import dev.belfry.testkit.Wire;
import dev.belfry.wire.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Every door asks what the sender of a request may do, and does no more. */
class AuthorizerTest {
    private static final String ENDPOINT = "/api/notifications";
    private static final String UPGRADE = "Upgrade: websocket\nConnection: Upgrade\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13";

    /** The threads that asked for the head of the log, as a stream does when it begins. */
    private final Set<String> askedBy = ConcurrentHashMap.newKeySet();

    private TestServer server;

    @BeforeEach
    void start() {
        EventLog log = new ForwardingEventLog(new InMemoryEventLog()) {
            @Override
            public Position head() {
                askedBy.add(Thread.currentThread().getName());
                return super.head();
            }
        };
        server = new TestServer(EndpointSettings.DEFAULT, log, http -> http, List.of(), AuthorizerTest::authorize);
        publish(Notification.of("mine", "first"));
        publish(Notification.of("theirs", "secret"));
        publish(new Notification(List.of(new Topic("theirs")), "notification", Data.text("open"), true, null));
        publish(Notification.of("mine", "last"));
    }

    private void publish(Notification notification) {
        server.log.append(Publication.of(notification)).join();
    }

    @AfterEach
    void close() {
        server.close();
    }

    /** Grants little: at once, or later, or nothing, as the request asks for it. */
    private static Mono<Permissions> authorize(ServerWebExchange exchange) {
        Permissions little =
                new Permissions("me", Set.of(TopicPattern.of("mine/**")), Set.of(TopicPattern.of("mine/**")), null);
        return switch (String.valueOf(exchange.getRequest().getHeaders().getFirst("Authorization"))) {
            case "at once" -> Mono.just(little);
            case "later" -> Mono.delay(Duration.ofMillis(1)).map(tick -> little);
            case "nothing" -> Mono.empty();
            case "nothing later" -> Mono.delay(Duration.ofMillis(1)).then(Mono.empty());
            case "theirs" -> Mono.error(new ResponseStatusException(HttpStatus.PAYMENT_REQUIRED));
            case "theirs later" ->
                Mono.delay(Duration.ofMillis(1))
                        .then(Mono.error(new ResponseStatusException(HttpStatus.PAYMENT_REQUIRED)));
            case "thrown" -> throw new ResponseStatusException(HttpStatus.PAYMENT_REQUIRED);
            default -> Mono.error(new Problem(401, "unauthorized", "a token is needed"));
        };
    }

    private RawHttp request(String line, String authorization, String... rest) {
        String head =
                line + " HTTP/1.1\nHost: localhost\nAuthorization: " + authorization + "\n" + String.join("\n", rest);
        return RawHttp.request(server.port(), head.stripTrailing());
    }

    private static void assertSeesItsOwnAndWhatIsPublic(String text) {
        assertThat(text).contains("first").contains("open").contains("last").doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"at once", "later"})
    void aReaderGetsWhatItIsGranted(String authorization) {
        for (String accept : List.of("application/json", "text/event-stream", "application/x-ndjson")) {
            try (RawHttp client = request("GET " + ENDPOINT + "?after=earliest", authorization, "Accept: " + accept)) {
                assertSeesItsOwnAndWhatIsPublic(client.untilContains("last"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"at once", "later"})
    void aWebSocketGetsWhatItIsGrantedAndMayAskForNoMore(String authorization) {
        try (RawHttp client = request("GET " + ENDPOINT + "?after=earliest", authorization, UPGRADE)) {
            assertSeesItsOwnAndWhatIsPublic(client.untilContains("last"));
        }
        try (RawHttp client = request("GET " + ENDPOINT + "?topic=", authorization, UPGRADE)) {
            client.untilContains("\r\n\r\n");
            say(client, "{\"op\":\"subscribe\",\"topic\":[\"mine\",\"theirs\"],\"after\":\"earliest\"}");
            assertSeesItsOwnAndWhatIsPublic(client.untilContains("last"));
            say(client, "{\"op\":\"unsubscribe\",\"topic\":\"mine\"}");
            client.untilContains("unsubscribed");
            publish(Notification.of("theirs", "secret as well"));
            say(client, "{\"op\":\"subscribe\",\"topic\":\"mine\",\"ref\":\"again\"}");
            client.untilContains("again");
            publish(Notification.of("mine", "the end"));
            assertSeesItsOwnAndWhatIsPublic(client.untilContains("the end"));
        }
    }

    @Test
    void theDoorsAreOnTheLoopOfTheConnectionWhoeverAnswers() {
        for (String headers : List.of("Accept: text/event-stream", UPGRADE)) {
            askedBy.clear();
            try (RawHttp client = request("GET " + ENDPOINT, "later", headers)) {
                client.untilContains("\r\n\r\n");
            }
            assertThat(askedBy).isNotEmpty().noneMatch(thread -> thread.startsWith("parallel"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"at once", "later"})
    void aPublisherPublishesWhereItMay(String authorization) {
        assertThat(post("/mine/1", "text/plain", "x", authorization)).startsWith("HTTP/1.1 201 ");
        String batch = "[{\"topic\":\"mine\",\"data\":1},{\"topic\":[\"mine\",\"theirs\"],\"data\":2}]";
        Position before = server.log.head();
        for (String refused : List.of(
                post("/theirs", "text/plain", "x", authorization),
                post("", "text/plain", "x", authorization),
                post("", "application/json", batch, authorization))) {
            assertThat(refused)
                    .startsWith("HTTP/1.1 403 ")
                    .containsIgnoringCase("application/problem+json")
                    .contains("\"code\":\"forbidden\"");
        }
        assertThat(server.log.head()).as("nothing was stored").isEqualTo(before);
    }

    private String post(String rest, String type, String body, String authorization) {
        try (RawHttp client = request(
                "POST " + ENDPOINT + rest,
                authorization,
                "Connection: close",
                "Content-Type: " + type,
                "Content-Length: " + body.length(),
                "",
                body)) {
            return client.untilEnd();
        }
    }

    @Test
    void aWebSocketPublishesWhereItMay() {
        try (RawHttp client = request("GET " + ENDPOINT + "?topic=", "at once", UPGRADE)) {
            client.untilContains("\r\n\r\n");
            Position before = server.log.head();
            say(client, "{\"op\":\"publish\",\"ref\":\"1\",\"notification\":{\"topic\":\"theirs\",\"data\":1}}");
            client.untilContains("{\"op\":\"error\",\"ref\":\"1\",\"code\":\"forbidden\"");
            assertThat(server.log.head()).isEqualTo(before);
            say(client, "{\"op\":\"publish\",\"ref\":\"2\",\"notification\":{\"topic\":\"mine\",\"data\":1}}");
            client.untilContains("{\"op\":\"published\",\"ref\":\"2\"");
        }
    }

    private static void say(RawHttp client, String message) {
        client.send(Wire.clientText(message));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "nothing later"})
    void withoutPermissionsNoDoorOpens(String authorization) {
        assertRefusedEverywhere(authorization, 403, "forbidden");
    }

    /** As of Spring Security, whose filter in front of the endpoint answers. */
    @ParameterizedTest
    @ValueSource(strings = {"theirs", "theirs later", "thrown"})
    void anErrorOfTheApplicationsOwnGoesOnToTheApplication(String authorization) {
        assertThat(post("/mine", "text/plain", "x", authorization)).startsWith("HTTP/1.1 402 ");
    }

    @Test
    void theAuthorizersOwnRefusalIsTheAnswer() {
        assertRefusedEverywhere("unknown", 401, "unauthorized");
    }

    private void assertRefusedEverywhere(String authorization, int status, String code) {
        Position before = server.log.head();
        assertThat(post("/mine", "text/plain", "x", authorization))
                .startsWith("HTTP/1.1 " + status + " ")
                .contains(code);
        for (String header : List.of(
                "Accept: application/json", "Accept: text/event-stream", "Accept: application/x-ndjson", UPGRADE)) {
            try (RawHttp client = request("GET " + ENDPOINT + "/mine?after=earliest", authorization, header)) {
                assertThat(client.untilContains(code))
                        .startsWith("HTTP/1.1 " + status + " ")
                        .doesNotContain("first");
            }
        }
        assertThat(server.log.head()).isEqualTo(before);
        assertThat(server.streams.size()).isZero();
    }
}
