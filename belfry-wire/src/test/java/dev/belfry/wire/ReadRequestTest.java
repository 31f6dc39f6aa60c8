package dev.belfry.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.Permissions;
import dev.belfry.Position;
import dev.belfry.Start;
import dev.belfry.TopicPattern;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadRequestTest {
    private static final WireSettings SETTINGS = WireSettings.DEFAULT;

    private static ReadRequest request(String rest, String... headers) {
        return new ReadRequest(new TestHead(rest, headers), SETTINGS);
    }

    private static List<String> patterns(String rest) {
        return request(rest).patterns().stream().map(TopicPattern::name).toList();
    }

    private static void assertRefused(String code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).satisfies(e -> assertThat(Problem.of(e).code()).isEqualTo(code));
    }

    // ---- cursors

    @Test
    void theFirstCursorThatHasAValueCounts() {
        String all = "?after=z-5&lastEventID=z-4&last_event_id=z-3&lastEventId=z-2";
        assertThat(request(all, "Last-Event-ID", "z-1").start()).contains(after(1));
        assertThat(request(all, "Last-Event-ID", "").start()).contains(after(2));
        assertThat(request(all.replace("z-2", "")).start()).contains(after(3));
        assertThat(request("?after=z-5&lastEventID=z-4").start()).contains(after(4));
        assertThat(request("?after=z-5").start()).contains(after(5));
        assertThat(request("").start()).isEmpty();
    }

    private static Start after(long offset) {
        return new Start.After(new Position(35, offset));
    }

    @Test
    void aCursorIsAnIdAWordOrATime() {
        assertThat(request("?after=earliest").start()).contains(Start.EARLIEST);
        assertThat(request("?after=now").start()).contains(Start.NOW);
        assertThat(request("?after=2026-11-22T10:00:00Z").start())
                .contains(new Start.Since(Instant.parse("2026-11-22T10:00:00Z")));
        assertThat(request("?after=2026-11-22T10:00:00%2B01:00").start())
                .contains(new Start.Since(Instant.parse("2026-11-22T09:00:00Z")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "z-",
                "-1",
                "z-01",
                "Z-1",
                "z--1",
                "z-1%20",
                "z-1-1",
                "0-1",
                "Earliest",
                "z-99999999999999999999",
                "2026-11-22T10:00:00",
                "2026-11-22T10:00:00+01:00",
                "z-1%0A",
                "%E2%98%83-1"
            })
    void everythingElseIsNone(String cursor) {
        assertRefused("invalid-cursor", () -> request("?after=" + cursor).start());
    }

    @Test
    void aLongCursorIsRefused() {
        assertRefused(
                "invalid-cursor",
                () -> request("", "Last-Event-ID", "z".repeat(129)).start());
    }

    // ---- topics

    @ParameterizedTest
    @CsvSource({
        "'', **",
        "/, **",
        "/orders/42, orders/42",
        "/a%2Fb, a/b",
        "/a%20b%C3%A9, a b\u00E9",
        "?topic=orders/*&topic=users/7, orders/*|users/7",
        "/x?topic=a&topic=a, x|a",
        "?topic=&topic=a, a",
        "?topic=a%2Bb, a+b",
        "//, /",
        "//a/, /a/",
        "/https://example.com/books/1, https://example.com/books/1",
        "?topic=https://example.com/books/*, https://example.com/books/*",
    })
    void topicsComeFromThePathAndTheQuery(String rest, String expected) {
        assertThat(patterns(rest)).containsExactlyInAnyOrder(expected.split("\\|"));
    }

    @Test
    void aTopicWithoutValueAsksForNoneWhichOnlyAWebSocketMay() {
        assertThat(patterns("?topic=")).isEmpty();
        assertThat(patterns("?topic")).isEmpty();
        assertRefused("invalid-pattern", () -> request("?topic=").filter(Permissions.OPEN));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a%0A", "?topic=a%00", "?topic=a%0D", "?topic=%EF%BB%BFa"})
    void aPatternThatBreaksItsRuleIsRefused(String rest) {
        assertRefused("invalid-pattern", () -> patterns(rest));
    }

    @Test
    void thereAreOnlySoManyPatterns() {
        String many = IntStream.range(0, 256).mapToObj(i -> "topic=t" + i).collect(Collectors.joining("&", "?", ""));
        assertThat(patterns(many)).hasSize(256);
        assertRefused("too-many-topics", () -> patterns(many + "&topic=one-more"));
    }

    private static String topics(int count, String pattern) {
        return IntStream.range(0, count)
                .mapToObj(i -> "topic=" + pattern.replace("#", "" + i))
                .collect(Collectors.joining("&", "?", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "256, t/#",
        "256, t/#/*",
        "256, t/#/**",
        "256, users/#/orders/*",
        "256, users/#/*/orders/*/a/b/c",
        "100, a/#/*/**"
    })
    void honestPatternsAreFewEnough(int count, String pattern) {
        assertThat(patterns(topics(count, pattern))).hasSize(count);
    }

    @ParameterizedTest
    @CsvSource({"256, #/*/**/*", "171, */**/#/*", "256, a/b/c/d/e/f/g/#/*", "33, #/*/DEEP"})
    void thereAreOnlySoManyWildcardsAndSegmentsBesideThem(int count, String pattern) {
        assertRefused(
                "too-many-wildcards", () -> patterns(topics(count, pattern.replace("DEEP", "a/".repeat(60) + "a"))));
    }

    @Test
    void exactTopicsHaveNoWildcardsWhateverTheirSegments() {
        assertThat(patterns(topics(256, "#/" + "a/".repeat(62) + "a*"))).hasSize(256);
    }

    @Test
    void aTopicIsNotCutOutOfAPathThatIsSpelledInAnotherWay() {
        RequestHead head = new TestHead("") {
            @Override
            public String path() {
                return "/api/notific%61tions/orders";
            }
        };
        assertRefused("not-found", () -> new ReadRequest(head, SETTINGS).patterns());
    }

    @ParameterizedTest
    @ValueSource(strings = {"?topic=%FF", "?topic=a&x=%C3%28", "?topic=%", "?topic=%4", "?topic=%zz", "?%FF=a"})
    void aQueryThatIsNotWellEncodedIsRefused(String rest) {
        assertRefused("invalid-query", () -> patterns(rest));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%FF", "/a%C3%28", "/%", "/a%4", "/%zz"})
    void aPathThatIsNotWellEncodedIsRefused(String rest) {
        assertRefused("invalid-topic", () -> patterns(rest));
    }

    // ---- polls

    @ParameterizedTest
    @CsvSource({"'', 100", "?limit=1, 1", "?limit=1000, 1000"})
    void aLimitIsTakenAsItIs(String rest, int limit) {
        assertThat(request(rest).limit()).isEqualTo(limit);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1001", "", "x", "1.0", "99999999999"})
    void aLimitOutOfBoundsIsRefused(String limit) {
        assertRefused("invalid-limit", () -> request("?limit=" + limit).limit());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "wait=30                           | 30",
                "wait=\"30\"                       | 30",
                "wait = 5                          | 5",
                "respond-async, wait=5             | 5",
                "wait=5; foo=bar                   | 5",
                "wait=0                            | 0",
                "wait=61                           | 60",
                "wait=999999999                    | 60",
                "wait=99999999999999999999         | 0",
                "wait=-1                           | 0",
                "wait=x                            | 0",
                "await=5                           | 0",
                "wait                              | 0",
                "respond-async                     | 0",
            })
    void thePreferredWaitIsBounded(String prefer, int seconds) {
        assertThat(request("", "Prefer", prefer).preferredWait()).isEqualTo(Duration.ofSeconds(seconds));
    }
}
