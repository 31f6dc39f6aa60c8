package dev.belfry.mercure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.testkit.LeakProbe;
import dev.belfry.testkit.RawHttp;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Version 1.0, by the sections of its draft. */
class MercureV1Test {
    private TestHub hub = new TestHub();

    @AfterEach
    void close() {
        hub.close();
    }

    @AfterAll
    static void nothingHasLeaked() {
        LeakProbe.assertNoLeaks();
    }

    private void secure(boolean isStrict) {
        hub.close();
        hub = new TestHub(TestHub.settings(isStrict, true), true);
    }

    private RawHttp subscribed(String query, String... headers) {
        RawHttp client = hub.subscribe(query, headers);
        client.untilContains("\n\n");
        return client;
    }

    /** A token that says by its header that it is one of 1.0. */
    private static String spelled(String name) {
        return part("{\"typ\":\"at+jwt\"}") + "." + part("{\"jti\":\"" + name + "\"}") + ".x";
    }

    private static String part(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8));
    }

    private static Map<String, Object> detail(String action, Map<String, Object> topic) {
        return Map.of(
                "type", MercureGrants.DETAIL_TYPE,
                "actions", List.of(action, "dance"),
                "topics", List.of(topic),
                "payload", Map.of("name", "me"));
    }

    private String token(String name, Object... details) {
        return hub.token(spelled(name), null, Map.of(MercureGrants.DETAILS, List.of(details)));
    }

    // ---- subscription

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "match=https://example.com/books/1",
                "match_exact=https://example.com/books/1",
                "match_urlpattern=https://example.com/books/:id",
                "match_urlpattern=/books/:id",
                "match=x&match_urlpattern=https://*.example/*&match_urlpattern=/books/*",
                "match=*",
                "match_urlpattern=*",
            })
    void getsWhatAnyMatchMatches(String query) {
        try (RawHttp client = subscribed(query)) {
            boolean isAll = query.endsWith("=*");
            hub.published("topic", "https://example.com/authors/1", "data", isAll ? "yes" : "no");
            String id = hub.published("topic", "https://example.com/books/1", "data", "yes");
            assertThat(client.untilContains("id: " + id + "\n\n")).doesNotContain("data: no");
        }
    }

    @Test
    void anExactMatchIsNoTemplateAndNoPattern() {
        try (RawHttp client =
                subscribed("match=" + TestHub.encoded("a{x}") + "&match=" + TestHub.encoded("https://a/:b"))) {
            hub.published("topic", "a1", "data", "no");
            hub.published("topic", "https://a/b", "data", "no");
            String id = hub.published("topic", "a{x}", "data", "yes");
            assertThat(client.untilContains("id: " + id)).doesNotContain("data: no");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "match_regexp=x|unknown-match",
                "Match=x|unknown-match",
                "match=x&MATCH_EXACT=y|unknown-match",
                "last_event_id=x|missing-topic",
                "match=|invalid-pattern",
                "match=a%E2%80%8Bb|invalid-pattern",
                "match=a%07|invalid-pattern",
                "match_urlpattern=https://example.com/(|invalid-pattern",
                "match_urlpattern=https://example.com/(a(%3F=b))|invalid-pattern",
                "match_urlpattern=https://example.com/((%3F:a%7B999%7D)%7B999%7D)|too-complex",
            })
    void refusesWhatItCannotServe(String query, String code) {
        Answer answer = hub.send("GET", MercureSettings.PATH + "?" + query, "");
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo(code);
    }

    @Test
    void refusesMoreThanAHundredMatches() {
        String query = "match=a&".repeat(101);
        assertThat(hub.send("GET", MercureSettings.PATH + "?" + query, "").code())
                .isEqualTo("too-many-topics");
    }

    @Test
    void aQueryHasItsMatchesInTheBodyAndInTheUrl() {
        try (RawHttp client = hub.request("QUERY", MercureSettings.PATH + "?match=a", "match_urlpattern=%2Fb%2F*")) {
            client.untilContains("\n\n");
            hub.published("topic", "c", "data", "no");
            hub.published("topic", "a", "data", "one");
            String id = hub.published("topic", "/b/1", "data", "two");
            assertThat(client.untilContains("id: " + id)).contains("data: one").doesNotContain("data: no");
        }
    }

    // ---- reconciliation

    @Test
    void saysWhereItGoesOnEvenWhenTheCursorIsEmpty() {
        String id = hub.published("topic", "a", "data", "one");
        try (RawHttp client = subscribed("match=a&last_event_id=")) {
            assertThat(client.header("Mercure-Last-Event-ID")).isEqualTo(id);
            assertThat(client.header("Last-Event-ID")).isEmpty();
        }
        try (RawHttp client = subscribed("match=a")) {
            assertThat(client.header("Mercure-Last-Event-ID")).isEmpty();
        }
    }

    @Test
    void theParameterOfOldHasNoMeaning() {
        hub.published("topic", "a", "data", "one");
        try (RawHttp client = subscribed("match=a&lastEventID=earliest")) {
            String id = hub.published("topic", "a", "data", "two");
            assertThat(client.untilContains("id: " + id)).doesNotContain("data: one");
        }
    }

    // ---- publication

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "topic|*|invalid-topic",
                "topic|/.well-known/mercure|reserved-topic",
                "topic|/.well-known/x/../mercure/subscriptions|reserved-topic",
                "topic|/%2Ewell-known/mercur%65/x|reserved-topic",
                "topic|a\u200Bb|invalid-topic",
                "type|mercure|reserved-event",
                "type|a\u0007b|invalid-event",
                "id|earliest|invalid-alias",
                "id|#x|invalid-alias",
                "retry|-1|invalid-retry",
            })
    void refusesUpdatesThatBreakARule(String name, String value, String code) {
        secure(false);
        String token = token("pub", detail("publish", Map.of("match", "*")));
        String[] headers = {"Authorization: Bearer " + token};
        Answer answer = name.equals("topic")
                ? hub.publish(headers, "topic", value)
                : hub.publish(headers, "topic", "a", name, value);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo(code);
    }

    @Test
    void theAnswerIsTheIdAsPlainText() {
        secure(false);
        String token =
                token("pub", detail("publish", Map.of("match", "https://example.com/:x", "match_type", "urlpattern")));
        Answer answer = hub.publish(new String[] {"Authorization: Bearer " + token}, "topic", "/x", "id", "urn:1");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("urn:1");
        assertThat(answer.head().toLowerCase(java.util.Locale.ROOT))
                .contains("content-type: text/plain; charset=utf-8");
    }

    // ---- authorization

    @Test
    void withoutATokenAPublisherIsToldWhereToAsk() {
        secure(false);
        Answer answer = hub.send("POST", MercureSettings.PATH + "?last_event_id=", "topic=a");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.challenge())
                .isEqualTo("Bearer resource_metadata=\"https://example.com" + MercureSettings.METADATA_PATH + "\"");
    }

    @Test
    void aBadTokenIsInvalidAndAGoodOneMayHaveTooLittle() {
        secure(false);
        Answer bad = hub.publish(new String[] {"Authorization: Bearer " + spelled("bad")}, "topic", "a");
        assertThat(bad.status()).isEqualTo(401);
        assertThat(bad.challenge()).startsWith("Bearer error=\"invalid_token\"");
        String token = token("some", detail("publish", Map.of("match", "b")));
        Answer little = hub.publish(new String[] {"Authorization: Bearer " + token}, "topic", "a");
        assertThat(little.status()).isEqualTo(403);
        assertThat(little.challenge()).isEqualTo("Bearer error=\"insufficient_scope\"");
    }

    @Test
    void theCookieOfV1CarriesATokenAndTheQueryDoesNot() {
        secure(false);
        String publisher = token("pub", detail("publish", Map.of("match", "*")));
        String reader = token("sub", detail("subscribe", Map.of("match", "a")));
        try (RawHttp client = subscribed("match=a", "Cookie: __Secure-mercure_access_token=" + reader)) {
            hub.publish(
                    new String[] {"Authorization: Bearer " + publisher}, "topic", "a", "data", "secret", "private", "");
            client.untilContains("data: secret");
        }
        try (RawHttp client = subscribed("match=a&last_event_id=earliest&authorization=" + reader)) {
            assertThat(client.status()).isEqualTo(200);
            String last = hub.publish(new String[] {"Authorization: Bearer " + publisher}, "topic", "a", "data", "open")
                    .body();
            assertThat(client.untilContains("id: " + last)).doesNotContain("secret");
        }
    }

    @Test
    void aStrictHubTakesCompleteTokensOnly() {
        secure(true);
        Map<String, Object> claims =
                new LinkedHashMap<>(Map.of(MercureGrants.DETAILS, List.of(detail("publish", Map.of("match", "*")))));
        String poor = hub.token(spelled("poor"), null, claims);
        for (String name : List.of("iss", "exp", "aud", "sub", "client_id", "iat", "jti")) {
            claims.put(name, "x");
        }
        String rich = hub.token(spelled("rich"), null, claims);
        String untyped = hub.token(part("{}") + "." + part("{\"authorization_details\":[]}") + ".x", null, claims);
        assertThat(hub.publish(new String[] {"Authorization: Bearer " + rich}, "topic", "a")
                        .status())
                .isEqualTo(200);
        for (String token : List.of(poor, untyped)) {
            Answer answer = hub.publish(new String[] {"Authorization: Bearer " + token}, "topic", "a");
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.challenge()).startsWith("Bearer error=\"invalid_token\"");
        }
    }

    // ---- active subscriptions

    @Test
    void subscriptionsAreUpdatesAndCanBeAskedFor() {
        secure(false);
        String watcher = token(
                "watcher",
                detail(
                        "subscribe",
                        Map.of("match", "/.well-known/mercure/subscriptions/*", "match_type", "urlpattern")),
                detail("subscribe", Map.of("match", "/.well-known/mercure/subscriptions")));
        String reader = token("reader", detail("subscribe", Map.of("match", "a")));
        String auth = "Authorization: Bearer " + watcher;
        String path = MercureSettings.PATH + "/subscriptions";
        try (RawHttp watch = subscribed("match_urlpattern=" + TestHub.encoded(path + "/*"), auth)) {
            watch.untilContains("\"active\":true"); // its own
            try (RawHttp client = subscribed("match=a", "Authorization: Bearer " + reader)) {
                watch.untilContains("\"match\":\"a\",\"subscriber\":\"urn:uuid:");
                String seen = watch.until(
                        text -> text.substring(text.indexOf("\"match\":\"a\"")).contains("\n\n"));
                assertThat(seen).contains("event: mercure\n").contains("\"payload\":{\"name\":\"me\"}");
                Answer all = hub.send("GET", path, "", auth);
                assertThat(all.status()).as(all.body()).isEqualTo(200);
                assertThat(all.body())
                        .contains("\"type\":\"subscriptions\"", "\"match\":\"a\"", "\"match_type\":\"urlpattern\"");
                assertThat(all.head()).contains("last-event-id=\"" + hub.log.head() + "\"");
                Answer some = hub.send("GET", path + "/exact/a", "", auth);
                assertThat(some.body()).contains("\"match\":\"a\"").doesNotContain("urlpattern");
                String id = some.body().replaceAll("(?s).*\"id\":\"([^\"]*)\",\"type\":\"subscription\".*", "$1");
                assertThat(hub.send("GET", id, "", auth).body()).startsWith("{\"id\":\"" + id + "\"");
                Answer same = hub.send("GET", path, "", auth, "If-None-Match: \"" + hub.log.head() + "\"");
                assertThat(same.status()).isEqualTo(304);
                assertThat(hub.send("GET", path, "", "Authorization: Bearer " + reader)
                                .status())
                        .isEqualTo(403);
                assertThat(hub.send("GET", path + "/exact/a/x", "", auth).status())
                        .isEqualTo(404);
            }
            watch.untilContains("\"active\":false");
        }
        assertThat(hub.send("GET", path + "/exact/a", "", auth).body()).contains("\"subscriptions\":[]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/subscriptions", "/subscriptions/exact/a", "/else", "/"})
    void whereSubscriptionsAreNotShownThereIsNothing(String path) {
        assertThat(hub.send("GET", MercureSettings.PATH + path, "").status()).isEqualTo(404);
    }

    // ---- pages

    @Test
    void pagesOfAllowedOriginsMayReadWhatTheyNeed() {
        Answer answer = hub.send(
                "OPTIONS",
                MercureSettings.PATH,
                "",
                "Origin: https://app.example.com",
                "Access-Control-Request-Method: QUERY");
        assertThat(answer.head().toLowerCase(java.util.Locale.ROOT))
                .contains("access-control-allow-methods: get, head, post, query")
                .contains("access-control-allow-origin: https://app.example.com");
        try (RawHttp client = subscribed("match=a", "Origin: https://app.example.com")) {
            assertThat(client.header("Access-Control-Expose-Headers")).contains("Mercure-Last-Event-ID", "Link");
        }
        assertThat(hub.send("GET", MercureSettings.PATH + "?match=a", "", "Origin: https://evil.example")
                        .status())
                .isEqualTo(403);
    }
}
