package dev.belfry.mercure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.EventFilter;
import dev.belfry.Notification;
import dev.belfry.Permissions;
import dev.belfry.Position;
import dev.belfry.ReadLimits;
import dev.belfry.TopicPattern;
import dev.belfry.testkit.LeakProbe;
import dev.belfry.testkit.RawHttp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Version 0.x, by the sections of its draft. */
class MercureV0Test {
    private static final String BOOK = "https://example.com/books/1";
    private static final String[] NOBODY = {};

    private TestHub hub = new TestHub();

    @AfterEach
    void close() {
        hub.close();
    }

    @AfterAll
    static void nothingHasLeaked() {
        LeakProbe.assertNoLeaks();
    }

    private RawHttp subscribed(String query, String... headers) {
        RawHttp client = hub.subscribe(query, headers);
        client.untilContains("\n\n");
        return client;
    }

    private void secure() {
        hub.close();
        hub = new TestHub(TestHub.settings(false, false), true);
    }

    private static String update(String id, String data) {
        return "data: " + data + "\nid: " + id + "\n\n";
    }

    // ---- subscription

    @Test
    void theStreamBeginsBeforeThereIsAnyUpdate() {
        try (RawHttp client = hub.subscribe("topic=a")) {
            assertThat(client.untilContains("\n\n")).contains("\r\n\r\n").contains(":\nretry: ");
            assertThat(client.status()).isEqualTo(200);
            assertThat(client.header("Content-Type")).isEqualTo("text/event-stream");
            assertThat(client.header("Cache-Control")).contains("no-store", "private");
            assertThat(client.header("Last-Event-ID")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "topic=https%3A%2F%2Fexample.com%2Fbooks%2F1",
                "topic=https%3A%2F%2Fexample.com%2Fbooks%2F%7Bid%7D",
                "topic=other&topic=https%3A%2F%2Fexample.com%2Fbooks%2F1",
                "topic=*",
            })
    void getsWhatAnySelectorMatches(String query) {
        try (RawHttp client = subscribed(query)) {
            hub.published("topic", "https://example.com/authors/1x", "data", query.equals("topic=*") ? "yes" : "no");
            String id = hub.published("topic", BOOK, "data", "yes");
            assertThat(client.untilContains(update(id, "yes"))).doesNotContain("data: no");
        }
    }

    @Test
    void aTemplateThatIsNoneIsAString() {
        try (RawHttp client = subscribed("topic=" + TestHub.encoded("a{b"))) {
            String id = hub.published("topic", "a{b", "data", "yes");
            client.untilContains(update(id, "yes"));
        }
    }

    @Test
    void alternatesOfOneUpdateAreDeliveredOnce() {
        try (RawHttp client = subscribed("topic=a&topic=b")) {
            String id = hub.published("topic", "a", "topic", "b", "topic", "c", "data", "x");
            String last = hub.published("topic", "b", "data", "y");
            assertThat(client.untilContains(update(last, "y"))).containsOnlyOnce("id: " + id);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'',400,missing-topic",
        "topic=,400,invalid-pattern",
        "topic=%FF,400,invalid-query",
        "matches=x,400,unknown-match",
    })
    void refusesWhatItCannotServe(String query, int status, String code) {
        Answer answer = hub.send("GET", MercureSettings.PATH + "?" + query, "");
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
    }

    @Test
    void refusesMoreThanAThousandTopicsAndThoseThatTakeTooMuch() {
        String many = "topic=a".repeat(1001).replace("atopic", "a&topic");
        assertThat(hub.send("GET", MercureSettings.PATH + "?" + many, "").code())
                .isEqualTo("too-many-topics");
        String heavy = "topic=" + TestHub.encoded("{/a}".repeat(500));
        assertThat(hub.send("GET", MercureSettings.PATH + "?" + heavy, "").code())
                .isEqualTo("too-complex");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "PATCH"})
    void otherMethodsAreNotAllowed(String method) {
        Answer answer = hub.send(method, MercureSettings.PATH + "?topic=a", "");
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.head().toLowerCase(java.util.Locale.ROOT)).contains("allow: get, head, post, query, options");
    }

    @Test
    void aHeadHasNoStream() {
        try (RawHttp client = hub.request("HEAD", MercureSettings.PATH + "?topic=a", "", "Connection: close")) {
            assertThat(client.untilEnd()).startsWith("HTTP/1.1 200").contains("text/event-stream");
            assertThat(client.body()).isEmpty();
        }
    }

    // ---- publication

    @Test
    void dataKeepsItsLinesAndItsSpaces() {
        try (RawHttp client = subscribed("topic=a")) {
            hub.published("topic", "a", "data", "  two\n\n one\r\nlast\rx", "type", "t", "id", "urn:x");
            client.untilContains("event: t\ndata:   two\ndata: \ndata:  one\ndata: last\ndata: x\nid: urn:x\n\n");
        }
    }

    @Test
    void theIdIsThePublishersOrOurs() {
        assertThat(hub.published("topic", "a", "id", "urn:uuid:1")).isEqualTo("urn:uuid:1");
        assertThat(hub.published("topic", "a", "id", ""))
                .isEqualTo(hub.log.head().toString());
        Answer answer = hub.publish(NOBODY, "topic", "a", "data", "x");
        assertThat(answer.head().toLowerCase(java.util.Locale.ROOT)).contains("content-type: text/plain");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "data|x|400|missing-topic",
                "topic|*|400|invalid-topic",
                "topic|$belfry/x|400|reserved-topic",
                "topic|/.well-known/mercure/subscriptions/a/b|403|reserved-topic",
                "retry|1s|400|invalid-retry",
                "id|#1|400|invalid-alias",
                "id|a%0Ab|400|invalid-alias",
                "type|a%0Db|400|invalid-event",
                "type|a%00b|400|invalid-event",
                "type|belfry.gap|400|reserved-event",
            })
    void refusesUpdatesThatBreakARule(String name, String value, int status, String code) {
        String topic = name.equals("topic") || name.equals("data") ? "" : "topic=a&";
        String form = topic + name + "="
                + value.replace("/", "%2F").replace("$", "%24").replace("#", "%23");
        Answer answer = hub.send("POST", MercureSettings.PATH, form);
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(events()).isEmpty();
    }

    @Test
    void unknownFieldsAndARightRetryAreTaken() {
        assertThat(hub.publish(NOBODY, "topic", "a", "retry", "3000", "x", "y").status())
                .isEqualTo(200);
    }

    @Test
    void theSameIdTwiceIsTwoUpdates() {
        hub.published("topic", "a", "data", "1", "id", "x");
        hub.published("topic", "a", "data", "2", "id", "x");
        assertThat(events()).hasSize(2);
    }

    private List<Notification> events() {
        EventFilter all = Permissions.OPEN.filter(Set.of(TopicPattern.ALL));
        return hub.log.read(all, Position.EARLIEST, new ReadLimits(100, 1 << 20)).events().stream()
                .map(event -> event.notification())
                .toList();
    }

    @Test
    void anUpdateIsPublicUnlessItSaysPrivateWhateverItsValue() {
        hub.published("topic", "a");
        hub.published("topic", "a", "private", "off");
        assertThat(events()).extracting(Notification::isPublic).containsExactly(true, false);
    }

    // ---- reconciliation

    @ParameterizedTest
    @ValueSource(strings = {"lastEventID=2", "Last-Event-ID=2", "last_event_id=2&x"})
    void goesOnBehindAPublishersId(String cursor) {
        publishThree();
        String topic = cursor.contains("_") ? "match=a&" : "topic=a&";
        try (RawHttp client = subscribed(topic + cursor)) {
            assertThat(client.untilContains(update("3", "three"))).doesNotContain("data: two");
            String header = cursor.contains("_") ? "Mercure-Last-Event-ID" : "Last-Event-ID";
            assertThat(client.header(header)).isEqualTo("2");
        }
    }

    private List<String> publishThree() {
        return List.of(
                hub.published("topic", "a", "data", "one", "id", "1"),
                hub.published("topic", "a", "data", "two", "id", "2"),
                hub.published("topic", "a", "data", "three", "id", "3"));
    }

    @Test
    void theHeaderWinsOverTheQuery() {
        publishThree();
        try (RawHttp client = subscribed("topic=a&lastEventID=1", "Last-Event-ID: 2")) {
            assertThat(client.untilContains(update("3", "three"))).doesNotContain("data: two");
        }
    }

    @Test
    void goesOnBehindAPositionOfOurs() {
        publishThree();
        String second = hub.log.head().before().toString();
        try (RawHttp client = subscribed("topic=a&lastEventID=" + second)) {
            assertThat(client.untilContains(update("3", "three"))).doesNotContain("data: two");
            assertThat(client.header("Last-Event-ID")).isEqualTo(second);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"earliest", "unknown", "zzz-17"})
    void beginsAtTheBeginningAndSaysSo(String cursor) {
        publishThree();
        try (RawHttp client = subscribed("topic=a&lastEventID=" + cursor)) {
            assertThat(client.untilContains(update("3", "three"))).contains(update("1", "one"), update("2", "two"));
            assertThat(client.header("Last-Event-ID")).isEqualTo("earliest");
            assertThat(client.text()).doesNotContain("gap");
        }
    }

    @Test
    void anIdThatStandsTwiceMeansTheFirst() {
        hub.published("topic", "a", "data", "1", "id", "x");
        hub.published("topic", "a", "data", "2", "id", "y");
        hub.published("topic", "a", "data", "3", "id", "x");
        try (RawHttp client = subscribed("topic=a&lastEventID=x")) {
            assertThat(client.untilContains(update("x", "3")))
                    .contains(update("y", "2"))
                    .doesNotContain("data: 1");
        }
    }

    @Test
    void anIdBeyondAsciiComesBack() {
        hub.published("topic", "a", "data", "1", "id", "\u00e9");
        hub.published("topic", "a", "data", "2", "id", "z");
        try (RawHttp client = subscribed("topic=a", "Last-Event-ID: \u00e9")) {
            assertThat(client.untilContains(update("z", "2"))).doesNotContain("data: 1");
        }
    }

    // ---- authorization

    private static Map<String, Object> claims(List<String> publish, List<String> subscribe) {
        return Map.of("mercure", Map.of("publish", publish, "subscribe", subscribe));
    }

    @Test
    void privateUpdatesGoToThoseWhoseTokenAllowsThem() {
        secure();
        hub.token("pub", null, claims(List.of("*"), List.of()));
        hub.token("mine", null, claims(List.of(), List.of("https://example.com/users/1{?x}")));
        hub.token("other", null, claims(List.of(), List.of("https://example.com/users/2")));
        String topic = "https://example.com/users/1";
        String query = "topic=" + TestHub.encoded(topic);
        try (RawHttp mine = subscribed(query, "Authorization: Bearer mine");
                RawHttp byQuery = subscribed(query + "&authorization=mine");
                RawHttp byCookie = subscribed(query, "Cookie: mercureAuthorization=mine");
                RawHttp other = subscribed(query, "Authorization: Bearer other");
                RawHttp anonymous = subscribed(query)) {
            publishAs("pub", "topic", topic, "data", "secret", "private", "on");
            String last = publishAs("pub", "topic", topic, "data", "open").body();
            for (RawHttp client : List.of(mine, byQuery, byCookie)) {
                assertThat(client.untilContains(update(last, "open"))).contains("data: secret");
            }
            for (RawHttp client : List.of(other, anonymous)) {
                assertThat(client.untilContains(update(last, "open"))).doesNotContain("secret");
            }
        }
        try (RawHttp replay = subscribed(query + "&lastEventID=earliest", "Authorization: Bearer other")) {
            assertThat(replay.untilContains("data: open")).doesNotContain("secret");
        }
    }

    private Answer publishAs(String token, String... fields) {
        return hub.publish(new String[] {"Authorization: Bearer " + token}, fields);
    }

    @Test
    void thePrivateTopicThatIsGrantedNeedNotBeTheOneThatIsAskedFor() {
        secure();
        hub.token("pub", null, claims(List.of("*"), List.of()));
        hub.token("sub", null, claims(List.of(), List.of("b")));
        try (RawHttp client = subscribed("topic=a", "Authorization: Bearer sub")) {
            publishAs("pub", "topic", "a", "topic", "b", "data", "both", "private", "1");
            client.untilContains("data: both");
        }
    }

    @Test
    void publishersNeedAGrantForAllTopics() {
        secure();
        hub.token("some", null, claims(List.of("a", "b{x}"), List.of()));
        hub.token("none", null, claims(List.of(), List.of("*")));
        assertThat(publishAs("some", "topic", "a", "topic", "b1").status()).isEqualTo(200);
        assertThat(publishAs("some", "topic", "a", "topic", "c").status()).isEqualTo(401);
        assertThat(publishAs("none", "topic", "a").status()).isEqualTo(401);
        assertThat(publishAs("unknown", "topic", "a").status()).isEqualTo(401);
        Answer anonymous = hub.publish(NOBODY, "topic", "a");
        assertThat(anonymous.status()).isEqualTo(401);
        assertThat(anonymous.challenge()).isEqualTo("Bearer");
        assertThat(events()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization: Bearer bad",
                "Authorization: Basic bad",
                "Authorization: Bearer ",
                "Cookie: mercureAuthorization=bad"
            })
    void aBadTokenIsNobodyAndNotAnonymous(String header) {
        secure();
        Answer answer = hub.send("GET", MercureSettings.PATH + "?topic=a", "", header);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.challenge()).startsWith("Bearer");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Origin: https://app.example.com|200",
                "Origin: http://example.com|200",
                "Origin: https://evil.example|403",
                "Referer: https://app.example.com/page|200",
                "Referer: https://evil.example/https://app.example.com|403",
                "X-Nothing: x|403",
            })
    void aCookiePublishesOnlyFromPagesThatMay(String header, int status) {
        secure();
        hub.token("pub", null, claims(List.of("*"), List.of()));
        String[] headers = {"Cookie: mercureAuthorization=pub", header};
        assertThat(hub.publish(headers, "topic", "a").status()).isEqualTo(status);
    }

    @Test
    void aStreamEndsNoLaterThanItsToken() {
        secure();
        hub.token("short", Instant.now().plusMillis(700), claims(List.of(), List.of("*")));
        try (RawHttp client = subscribed("topic=a", "Authorization: Bearer short")) {
            assertThat(client.untilContains("\r\n0\r\n\r\n")).doesNotContain("event:");
        }
    }

    @Test
    void anUpdateIsAnEventOnTheOtherTransportsAndTheOtherWayRound() {
        hub.published("topic", "a", "data", "from mercure", "id", "x");
        assertThat(events().get(0).alias()).isEqualTo("x");
        assertThat(events().get(0).event()).isEqualTo("message");
        try (RawHttp client = subscribed("topic=orders%2F42")) {
            hub.hub.publish(Notification.of("orders/42", "native")).block();
            client.untilContains("event: notification\ndata: native\nid: " + hub.log.head() + "\n\n");
        }
    }
}
