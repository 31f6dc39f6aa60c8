package dev.belfry.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.EventFilter;
import dev.belfry.InMemoryEventLog;
import dev.belfry.LogSettings;
import dev.belfry.Permissions;
import dev.belfry.TopicPattern;
import dev.belfry.TopicSelector;
import dev.belfry.stream.TestShard.Client;
import dev.belfry.testkit.LeakProbe;
import dev.belfry.testkit.ManualClock;
import dev.belfry.testkit.TapChannel;
import dev.belfry.testkit.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams whose time is over, by a clock that the tests move. */
class StreamEndsTest {
    private static final StreamSettings SETTINGS =
            new StreamSettings(Duration.ofHours(10), Duration.ofSeconds(2), Duration.ofHours(10), 1000);
    private static final Set<TopicSelector> ALL = Set.of(TopicPattern.ALL);
    private static final TestFormat LINES = TestFormat.NDJSON_TO_END;
    private static final String EXPIRED = "{\"reason\":\"token-expired\"}";

    private final ManualClock clock = new ManualClock();
    private TestShard test = open(SETTINGS);

    private TestShard open(StreamSettings settings) {
        return new TestShard(new InMemoryEventLog(LogSettings.DEFAULT.withClock(clock)), settings, 4);
    }

    private void reopen(StreamSettings settings) {
        test.close();
        test = open(settings);
    }

    @AfterEach
    void close() {
        test.close();
    }

    @AfterAll
    static void nothingHasLeaked() {
        LeakProbe.assertNoLeaks();
    }

    private static ConditionFactory await() {
        return Awaitility.with().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5));
    }

    private Permissions permissions(@Nullable Duration lasts) {
        Instant expires = lasts == null ? null : clock.instant().plus(lasts);
        return new Permissions("me", ALL, ALL, expires);
    }

    private Client join(TestFormat format, @Nullable Duration lasts) {
        return join(format, lasts, new TapChannel(32 << 10, 64 << 10));
    }

    private Client join(TestFormat format, @Nullable Duration lasts, TapChannel channel) {
        Permissions permissions = permissions(lasts);
        return test.join(permissions, EventFilter.ALL, format, test.log.head(), channel);
    }

    private static String body(Client client) {
        return client.format().body(client.channel().taken());
    }

    private static void awaitEnd(Client client) {
        await().until(() -> !client.channel().isOpen());
    }

    /** The clock of the ends has looked. */
    private void awaitLooks() {
        Client witness = join(LINES, null);
        test.run(() -> witness.subscriber().renew(StreamOwner.of(permissions(Duration.ofSeconds(-1)))));
        awaitEnd(witness);
    }

    // ---- in every format

    @ParameterizedTest
    @EnumSource(
            value = TestFormat.class,
            names = {"SSE_HTTP2", "NDJSON_HTTP2"},
            mode = EnumSource.Mode.EXCLUDE)
    void anIdleStreamIsToldThatItsTokenHasExpiredAndEnds(TestFormat format) {
        Client client = join(format, Duration.ofMinutes(5));
        test.publish("a", "before");
        await().until(() -> body(client).contains("before"));
        clock.advance(Duration.ofMinutes(5));
        awaitEnd(client);

        String end = body(client)
                .substring(body(client)
                        .lastIndexOf(format.format.encoder().name().equals("sse") ? "retry: " : "{\"topic\""));
        assertThat(end).contains("belfry.end").contains(EXPIRED).doesNotContain("id: ", "\"id\"");
        assertThat(test.listener.calls).contains("live left EXPIRED");
        assertThat(test.counts.open()).isZero();
    }

    @Test
    void theLastEventOfEachFormatIsWellFormed() {
        Client sse = join(TestFormat.SSE_CHUNKED, Duration.ofSeconds(1));
        Client ndjson = join(TestFormat.NDJSON_CHUNKED, Duration.ofSeconds(1));
        Client socket = join(TestFormat.WEBSOCKET, Duration.ofSeconds(1));
        clock.advance(Duration.ofSeconds(1));
        for (Client client : List.of(sse, ndjson, socket)) {
            awaitEnd(client);
        }
        Wire.Body chunked = Wire.chunks(sse.channel().taken());
        assertThat(chunked.complete()).isTrue();
        assertThat(chunked.text())
                .matches("retry: \\d+\nevent: belfry.end\ndata: \\{\"reason\":\"token-expired\"}\n\n");
        String json = "{\"topic\":\"$belfry/end\",\"event\":\"belfry.end\",\"time\":\"2026-01-01T00:00:01Z\",\"data\":"
                + EXPIRED + "}";
        assertThat(Wire.chunks(ndjson.channel().taken())).isEqualTo(new Wire.Body(json + "\n", true));
        assertThat(Wire.messages(socket.channel().taken())).isEqualTo(new Wire.Messages(List.of(json), 0, 3000));
        assertThat(new String(socket.channel().taken(), UTF_8)).endsWith("token-expired");
    }

    // ---- when

    @Test
    void aStreamLivesUntilItsTimeAndNoLonger() {
        Client client = join(LINES, Duration.ofSeconds(60));
        Client later = join(LINES, Duration.ofSeconds(90));
        Client never = join(LINES, null);
        clock.advance(Duration.ofMillis(59_900));
        awaitLooks();
        assertThat(client.channel().isOpen()).isTrue();
        clock.advance(Duration.ofMillis(200));
        awaitEnd(client);
        awaitLooks();
        assertThat(later.channel().isOpen()).isTrue();
        clock.advance(Duration.ofSeconds(31));
        awaitEnd(later);
        clock.advance(Duration.ofDays(4000));
        awaitLooks();
        assertThat(never.channel().isOpen()).isTrue();
    }

    @Test
    void anEndThatIsFurtherAwayThanTheNumbersReachIsLookedAtAgain() {
        Client client = join(LINES, Duration.ofDays(10_000));
        Permissions farthest = new Permissions("me", ALL, ALL, Instant.MAX);
        Client max = test.join(farthest, EventFilter.ALL, LINES, test.log.head(), new TapChannel(10, 20));
        clock.advance(Duration.ofDays(2500));
        awaitLooks();
        assertThat(client.channel().isOpen()).isTrue();
        assertThat(max.channel().isOpen()).isTrue();
    }

    @Test
    void whoeverBeginsTooLateIsTold() {
        Client client = join(LINES, Duration.ofSeconds(-1));
        awaitEnd(client);
        assertThat(body(client)).contains(EXPIRED);
    }

    @Test
    void theEndsOfOthersFollowThoseWhoTakeTheirPlaces() {
        List<Client> clients = new ArrayList<>();
        IntStream.range(0, 20).forEach(i -> clients.add(join(LINES, i % 3 == 0 ? null : Duration.ofSeconds(10 + i))));
        // the last ones take their places
        for (int i : new int[] {0, 4, 5, 9}) {
            test.run(() -> clients.get(i).channel().close());
        }
        clock.advance(Duration.ofMillis(20_050));
        for (int i : new int[] {1, 2, 7, 8, 10}) {
            awaitEnd(clients.get(i));
        }
        awaitLooks();
        for (int i : new int[] {3, 6, 11, 12, 13, 14, 15, 16, 17, 18, 19}) {
            assertThat(clients.get(i).channel().isOpen()).as("%d", i).isTrue();
        }
    }

    @Test
    void aCrowdWhoseTokensExpireTogetherEnds() {
        List<Client> crowd = IntStream.range(0, 300)
                .mapToObj(i -> join(LINES, Duration.ofSeconds(30)))
                .toList();
        clock.advance(Duration.ofSeconds(30));
        crowd.forEach(StreamEndsTest::awaitEnd);
        assertThat(crowd).allMatch(client -> body(client).contains(EXPIRED));
        await().until(() -> test.call(test.shard::isVacant));
    }

    // ---- whatever it does

    @Test
    void nothingIsDeliveredBehindTheEnd() {
        Client client = join(LINES, Duration.ofSeconds(5));
        Client other = join(LINES, null);
        clock.advance(Duration.ofSeconds(5));
        String last = "";
        for (int i = 0; client.channel().isOpen() || i < 50; i++) {
            last = test.publish("a", "x").first().toString();
        }
        String end = last;
        await().until(() -> other.ids().contains(end));
        assertThat(body(client)).endsWith(EXPIRED + "}\n").containsOnlyOnce("belfry.end");
    }

    @Test
    void aStreamThatIsBehindEndsThoughItsClientReadsNothing() {
        Client client = join(LINES, Duration.ofSeconds(5));
        test.run(client.channel()::shut);
        IntStream.range(0, 100).forEach(i -> test.publish("a", "x".repeat(10_000)));
        await().until(() -> !test.call(client.subscriber()::isLive));
        clock.advance(Duration.ofSeconds(5));
        await().until(() -> test.call(client.subscriber()::hasLeft));
        test.run(() -> client.channel().open(Long.MAX_VALUE));
        awaitEnd(client);
        assertThat(body(client)).endsWith(EXPIRED + "}\n");
        assertThat(client.format().body(client.channel().taken()).lines().count())
                .isLessThan(100);
    }

    @Test
    void aClientThatDoesNotTakeItsLastBytesIsCutOff() {
        Client client = join(LINES, Duration.ofSeconds(5));
        test.run(client.channel()::shut);
        clock.advance(Duration.ofSeconds(5));
        await().until(() -> test.call(client.subscriber()::hasLeft));
        test.run(() -> IntStream.range(0, 20).forEach(i -> test.shard.tick()));
        assertThat(client.channel().isOpen()).isFalse();
    }

    @Test
    void aStreamInTheMiddleOfAReplayEnds() {
        var first = test.log.head();
        IntStream.range(0, 1000).forEach(i -> test.publish("a", "x".repeat(3000)));
        TapChannel channel = new TapChannel(32 << 10, 64 << 10);
        Client client = test.join(permissions(Duration.ofSeconds(5)), EventFilter.ALL, LINES, first, channel);
        test.run(channel::shut);
        clock.advance(Duration.ofSeconds(5));
        await().until(() -> test.call(client.subscriber()::hasLeft));
        test.run(() -> channel.open(Long.MAX_VALUE));
        awaitEnd(client);
        assertThat(body(client)).endsWith(EXPIRED + "}\n").containsOnlyOnce("belfry.end");
    }

    // ---- another token

    @Test
    void aStreamThatIsRenewedLivesOnUntilItsNewEnd() {
        Client client = join(LINES, Duration.ofSeconds(5));
        test.run(() -> client.subscriber().renew(StreamOwner.of(permissions(Duration.ofSeconds(50)))));
        clock.advance(Duration.ofSeconds(49));
        awaitLooks();
        assertThat(client.channel().isOpen()).isTrue();
        clock.advance(Duration.ofSeconds(1));
        awaitEnd(client);
    }

    @Test
    void aStreamThatIsRenewedForAShorterTimeEndsSooner() {
        Client client = join(LINES, Duration.ofSeconds(50));
        test.run(() -> client.subscriber().renew(StreamOwner.of(permissions(Duration.ofSeconds(5)))));
        clock.advance(Duration.ofSeconds(5));
        awaitEnd(client);
    }

    // ---- the maximum lifetime

    @Test
    void aStreamEndsAtTheMaximumLifetimeOrUpToATenthSooner() {
        reopen(SETTINGS.withMaxLifetime(Duration.ofSeconds(100)));
        List<Client> clients =
                IntStream.range(0, 50).mapToObj(i -> join(LINES, null)).toList();
        Client shorter = join(LINES, Duration.ofSeconds(20));
        clock.advance(Duration.ofSeconds(20));
        awaitEnd(shorter);
        clock.advance(Duration.ofMillis(69_900));
        awaitLooks();
        assertThat(clients).allMatch(client -> client.channel().isOpen());
        clock.advance(Duration.ofSeconds(5));
        await().until(() ->
                clients.stream().filter(client -> client.channel().isOpen()).count() < 40);
        awaitLooks();
        assertThat(clients.stream().filter(client -> client.channel().isOpen()).count())
                .isBetween(15L, 35L);
        clock.advance(Duration.ofMillis(5_300));
        clients.forEach(StreamEndsTest::awaitEnd);
        assertThat(clients).allMatch(client -> body(client).contains("{\"reason\":\"max-lifetime\"}"));
    }

    @Test
    void aShutdownHasNoEventOfItsOwn() {
        Client client = join(LINES, Duration.ofSeconds(100));
        test.shard.close();
        awaitEnd(client);
        assertThat(body(client)).isEmpty();
    }
}
