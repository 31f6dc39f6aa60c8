package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.Data;
import dev.belfry.InMemoryEventLog;
import dev.belfry.Notification;
import dev.belfry.Permissions;
import dev.belfry.Publication;
import dev.belfry.Topic;
import dev.belfry.TopicPattern;
import dev.belfry.security.BearerTokens;
import dev.belfry.security.BelfryGrants;
import dev.belfry.security.DefaultGrants;
import dev.belfry.security.KeySource;
import dev.belfry.security.KeyText;
import dev.belfry.security.Tickets;
import dev.belfry.security.TokenRules;
import dev.belfry.security.TokenVerifier;
import dev.belfry.testkit.RawHttp;
import dev.belfry.testkit.TokenForge;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is served to whom, and what others are told. */
class TokenAuthorizerTest {
    private static final String ENDPOINT = "/api/notifications";
    private static final String UPGRADE = "Upgrade: websocket\nConnection: Upgrade\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13";
    private static final String OWN_ORIGIN = "Origin: http://localhost";
    private static final TokenForge FORGE = new TokenForge("0123456789abcdef0123456789abcdef");

    private final Tickets tickets = new Tickets(Clock.systemUTC());
    private TestServer server;

    @BeforeEach
    void start() {
        start(false);
    }

    private void start(boolean anonymous) {
        BearerTokens tokens = new BearerTokens(
                new TokenVerifier(
                        List.of(KeySource.of(KeyText.read(FORGE.secret))),
                        new TokenRules(null, Set.of(), Clock.systemUTC())),
                List.of(new BelfryGrants("belfry")),
                new DefaultGrants(List.of(), List.of("users/{sub}/**")),
                Clock.systemUTC());
        server = new TestServer(
                EndpointSettings.DEFAULT,
                new InMemoryEventLog(),
                http -> http,
                List.of(),
                new TokenAuthorizer(tokens, tickets, "belfry", anonymous));
        publish("mine/1", "granted", false);
        publish("theirs/1", "secret", false);
        publish("theirs/1", "for all", true);
        publish("users/me/inbox", "last", false);
    }

    private void publish(String topic, String text, boolean isPublic) {
        Notification notification =
                new Notification(List.of(new Topic(topic)), "notification", Data.text(text), isPublic, null);
        server.log.append(Publication.of(notification)).join();
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static String token(String sub) {
        return FORGE.token("{\"sub\":\"" + sub + "\",\"exp\":"
                + Instant.now().plusSeconds(600).getEpochSecond()
                + ",\"belfry\":{\"publish\":[\"mine/*\"],\"subscribe\":[\"mine/*\"]}}");
    }

    private static String bearer() {
        return "Authorization: Bearer " + token("me");
    }

    private static String cookie() {
        return "Cookie: other=1; belfry=" + token("me");
    }

    private RawHttp request(String line, String... headers) {
        String head = line + " HTTP/1.1\nHost: localhost\n" + String.join("\n", headers);
        return RawHttp.request(server.port(), head.stripTrailing());
    }

    private String get(String rest, String... headers) {
        try (RawHttp client = request("GET " + ENDPOINT + rest, withClose(headers))) {
            return client.untilEnd();
        }
    }

    private static String[] withClose(String... headers) {
        String[] all = Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = "Connection: close";
        return all;
    }

    private String post(String topic, String... headers) {
        try (RawHttp client = request(
                "POST " + ENDPOINT + topic,
                String.join("\n", headers),
                "Connection: close",
                "Content-Length: 1",
                "",
                "x")) {
            return client.untilEnd();
        }
    }

    private static void assertSeesItsOwn(String answer) {
        assertThat(answer)
                .contains("granted")
                .contains("for all")
                .contains("last")
                .doesNotContain("secret");
    }

    private static void assertRefused(String answer, int status, String code, String challenge) {
        assertThat(answer)
                .startsWith("HTTP/1.1 " + status + " ")
                .contains("\"code\":\"" + code + "\"")
                .containsIgnoringCase("WWW-Authenticate: Bearer" + challenge + "\r\n")
                .doesNotContain("granted");
    }

    @Test
    void eachTransportIsServedByEachCredential() {
        for (String accept : List.of(
                "Accept: application/json", "Accept: text/event-stream", "Accept: application/x-ndjson", UPGRADE)) {
            for (String credential :
                    List.of(bearer(), cookie() + "\n" + OWN_ORIGIN, "authorization: bearer  " + token("me"))) {
                try (RawHttp client = request("GET " + ENDPOINT + "?after=earliest", credential, accept)) {
                    assertSeesItsOwn(client.untilContains("last"));
                }
            }
            try (RawHttp client =
                    request("GET " + ENDPOINT + "?after=earliest&ticket=" + ticket("mine/*", "users/me/**"), accept)) {
                assertSeesItsOwn(client.untilContains("last"));
            }
        }
    }

    private String ticket(String... topics) {
        Permissions me = new Permissions(
                "me", Set.of(), Set.of(TopicPattern.of("mine/*"), TopicPattern.of("users/me/**")), null);
        Set<TopicPattern> patterns = Arrays.stream(topics).map(TopicPattern::of).collect(Collectors.toSet());
        return tickets.issue(me, patterns, Duration.ofSeconds(30)).text();
    }

    @Test
    void aTicketIsForOneConnectionThatReadsItsTopics() {
        String ticket = ticket("users/me/inbox");
        assertThat(get("?ticket=" + ticket))
                .contains("last")
                .contains("for all")
                .doesNotContain("granted");
        assertRefused(get("?ticket=" + ticket), 401, "invalid-token", " error=\"invalid_token\"");
        String unused = ticket("mine/*");
        assertRefused(post("/mine/1?ticket=" + unused), 401, "invalid-token", " error=\"invalid_token\"");
        assertThat(get("?ticket=" + unused)).contains("granted");
    }

    @Test
    void withoutACredentialThereIsABareChallenge() {
        assertRefused(get(""), 401, "missing-token", "");
        assertRefused(post("/mine/1"), 401, "missing-token", "");
        assertRefused(get("", "Authorization: Basic bWU6bWU="), 401, "missing-token", "");
        assertRefused(get("", "Cookie: other=1; belfry="), 401, "missing-token", "");
    }

    @Test
    void aBadTokenIsSaidSoWhereverItIsAndWhateverIsAllowedToAnybody() {
        server.close();
        start(true);
        for (String header : List.of("Authorization: Bearer x", "Authorization: Bearer", "Cookie: belfry=x.y.z")) {
            assertRefused(get("", header), 401, "invalid-token", " error=\"invalid_token\"");
            assertRefused(post("/mine/1", header, OWN_ORIGIN), 401, "invalid-token", " error=\"invalid_token\"");
        }
        assertRefused(get("?ticket=x"), 401, "invalid-token", " error=\"invalid_token\"");
    }

    @Test
    void anybodyReadsWhatIsPublicWhereThatIsAllowedAndPublishesNothing() {
        server.close();
        start(true);

        assertThat(get("?after=earliest"))
                .contains("for all")
                .doesNotContain("granted")
                .doesNotContain("secret");
        assertRefused(post("/mine/1"), 401, "missing-token", "");
    }

    @Test
    void twoCredentialsAreOneTooMany() {
        for (String answer : List.of(
                get("", bearer(), bearer()),
                get("", bearer(), cookie()),
                get("?ticket=x", bearer()),
                get("?ticket=x&ticket=y"),
                get("", "Cookie: belfry=x; belfry=y"))) {
            assertRefused(answer, 400, "several-credentials", " error=\"invalid_request\"");
        }
    }

    @Test
    void aPublisherWithoutTheGrantIsToldWhatIsMissing() {
        assertRefused(post("/theirs/1", bearer()), 403, "forbidden", " error=\"insufficient_scope\"");
        assertThat(post("/mine/1", bearer())).startsWith("HTTP/1.1 201 ");
    }

    @Test
    void aCookieNeedsAnOriginToChangeAnything() {
        assertThat(post("/mine/1", cookie())).startsWith("HTTP/1.1 403 ").contains("origin-not-allowed");
        assertThat(get("", cookie(), UPGRADE)).startsWith("HTTP/1.1 403 ").contains("origin-not-allowed");
        assertThat(post("/mine/1", cookie(), "Origin: https://evil.example")).startsWith("HTTP/1.1 403 ");
        assertThat(post("/mine/1", cookie(), "Origin: null")).startsWith("HTTP/1.1 403 ");
        assertThat(post("/mine/1", cookie(), OWN_ORIGIN)).startsWith("HTTP/1.1 201 ");
        assertThat(get("", cookie())).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void theKeysOfTwoSubjectsNeverMeet() {
        String key = "Idempotency-Key: nightly";
        String first = post("/mine/1", bearer(), key);
        String again = post("/mine/1", bearer(), key);
        String other = post("/mine/1", "Authorization: Bearer " + token("you"), key);

        assertThat(first).startsWith("HTTP/1.1 201 ").doesNotContainIgnoringCase("Idempotent-Replayed");
        assertThat(again).startsWith("HTTP/1.1 201 ").containsIgnoringCase("Idempotent-Replayed: true");
        assertThat(other).startsWith("HTTP/1.1 201 ").doesNotContainIgnoringCase("Idempotent-Replayed");
    }
}
