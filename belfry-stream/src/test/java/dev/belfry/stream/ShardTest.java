package dev.belfry.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.belfry.Data;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.Gap;
import dev.belfry.InMemoryEventLog;
import dev.belfry.Notification;
import dev.belfry.Permissions;
import dev.belfry.Position;
import dev.belfry.Receipt;
import dev.belfry.Topic;
import dev.belfry.TopicPattern;
import dev.belfry.TopicSelector;
import dev.belfry.stream.TestShard.Client;
import dev.belfry.testkit.ForwardingEventLog;
import dev.belfry.testkit.LeakProbe;
import dev.belfry.testkit.TapChannel;
import dev.belfry.testkit.Wire;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardTest {
    /** Its own clock does not run in a test: the tests tick. */
    private static final StreamSettings SETTINGS =
            new StreamSettings(Duration.ofHours(10), Duration.ofSeconds(2), Duration.ofMillis(1), 1000);

    private static final TestFormat LINES = TestFormat.NDJSON_TO_END;
    private static final int TICKS_PER_HEARTBEAT = 16;

    private final GatedLog log = new GatedLog();
    private final TestShard test = new TestShard(log, SETTINGS);
    private final Position start = log.head();

    @AfterEach
    void close() {
        log.open();
        test.close();
    }

    @AfterAll
    static void nothingHasLeaked() {
        LeakProbe.assertNoLeaks();
    }

    private static ConditionFactory await() {
        return Awaitility.with().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5));
    }

    private List<String> publishMany(int count, int size) {
        return IntStream.range(0, count)
                .mapToObj(i -> test.publish("a", "x".repeat(size)).first().toString())
                .toList();
    }

    private Client joinAll(TestFormat format) {
        return test.join(EventFilter.ALL, format, log.head());
    }

    private static void awaitIds(Client client, List<String> ids) {
        await().untilAsserted(() -> assertThat(client.ids()).isEqualTo(ids));
    }

    private void awaitLive(Client client) {
        await().until(() -> test.call(client.subscriber()::isLive));
    }

    private static List<String> with(List<String> ids, Receipt... receipts) {
        List<String> all = new ArrayList<>(ids);
        for (Receipt receipt : receipts) {
            receipt.positions().forEach(position -> all.add(position.toString()));
        }
        return all;
    }

    private long pendingBytes(Client client) {
        return test.call(() -> client.channel().unsafe().outboundBuffer().totalPendingWriteBytes());
    }

    private void tick(int times) {
        test.run(() -> IntStream.range(0, times).forEach(i -> test.shard.tick()));
    }

    // ---- LIVE

    @ParameterizedTest
    @EnumSource(
            value = TestFormat.class,
            names = {"SSE_HTTP2", "NDJSON_HTTP2"},
            mode = EnumSource.Mode.EXCLUDE)
    void whatIsCommittedIsWrittenInEveryFormat(TestFormat format) {
        Client client = joinAll(format);
        awaitIds(client, with(List.of(), test.publish("a", "1"), test.publish("b/c", "2\n3")));
    }

    @Test
    void aSubscriberGetsWhatItsPatternsMatchAndEachOnce() {
        Client client = test.join(TestShard.filter("a/*", "a/**", "x"), LINES, start);
        test.publish("b", "no");
        Receipt one = test.publish(
                new Notification(List.of(new Topic("a/b"), new Topic("x")), "e", Data.text("both"), false, null));
        test.publish("a1", "no");
        Receipt two = test.publish("a", "deep");
        awaitIds(client, with(List.of(), one, two));
    }

    // ---- costly filters

    private static EventFilter costly(String end) {
        return TestShard.filter(IntStream.range(0, 40)
                .mapToObj(i -> "a/**/a/" + "*/".repeat(i % 7) + "b" + i + "/**/" + end)
                .toArray(String[]::new));
    }

    private static Notification worst(String... more) {
        List<Topic> topics = new ArrayList<>(java.util.Collections.nCopies(15, new Topic("a/".repeat(63) + "a")));
        Stream.of(more).map(Topic::new).forEach(topics::add);
        return new Notification(topics, "e", Data.text("x"), false, null);
    }

    @Test
    void subscribersWithCostlyFiltersGetTheirEventsInOrderAndOnce() {
        Client one = test.join(TestShard.filter("a/**/c", "**/x/**", "b"), LINES, start);
        Client other = test.join(TestShard.filter("a/**/c", "**/x/**", "b"), LINES, start);
        Client sse = test.join(TestShard.filter("a/**/c", "**/x/**", "b"), TestFormat.SSE_TO_END, start);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            test.publish("a/no", "no");
            expected = with(expected, test.publish("a/b/c", "1"), test.publish("b", "2"), test.publish("y/x", "3"));
        }
        for (Client client : List.of(one, other, sse)) {
            awaitIds(client, expected);
            awaitLive(client);
        }
        assertThat(test.listener.calls).doesNotContain("behind");
    }

    @Test
    void aCostlyFilterHasItsTurnBehindTheOthers() {
        try (TestShard small = new TestShard(new InMemoryEventLog(), SETTINGS, 8)) {
            Position head = small.log.head();
            List<Client> costly = IntStream.range(0, 30)
                    .mapToObj(i -> small.join(costly("x" + i), LINES, head))
                    .toList();
            Client quick = small.join(EventFilter.ALL, LINES, head);
            await().until(() -> small.call(() -> Stream.concat(costly.stream(), Stream.of(quick))
                    .allMatch(client -> client.subscriber().isLive())));
            CountDownLatch gate = new CountDownLatch(1);
            small.loop.execute(() -> awaitUninterruptibly(gate));
            Receipt receipt = small.publish(worst("a/a/b7/x0"), worst("a/a/b7/x29"));
            List<Long> reached = new ArrayList<>();
            CompletableFuture<Integer> quickHad = new CompletableFuture<>();
            // behind the turn that takes what was published
            small.loop.execute(() -> {
                costly.forEach(
                        client -> reached.add(client.subscriber().position().offset()));
                quickHad.complete(quick.ids().size());
            });
            gate.countDown();

            assertThat(quickHad.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(2);
            assertThat(reached.stream().filter(offset -> offset == head.offset()))
                    .hasSizeGreaterThan(20);
            awaitIds(costly.get(0), List.of(receipt.positions().get(0).toString()));
            awaitIds(costly.get(29), List.of(receipt.positions().get(1).toString()));
            await().until(() -> small.call(() -> costly.stream()
                    .allMatch(client -> client.subscriber().position().equals(small.log.head()))));
            assertThat(costly.subList(1, 29)).allMatch(client -> client.ids().isEmpty());
            assertThat(small.listener.calls).doesNotContain("behind");
        }
    }

    @Test
    void aCostlyFilterThatTheTailHasLeftBehindIsReadFromTheLog() {
        Client costly = test.join(costly("x"), LINES, start);
        awaitLive(costly);
        Receipt large = test.publish(
                new Notification(List.of(new Topic("a/a/b7/x")), "e", Data.text("x".repeat(2 << 20)), false, null));
        Receipt small = test.publish("a/a/a/b14/x", "small");
        awaitIds(costly, with(List.of(), large, small));
        awaitLive(costly);
        assertThat(test.listener.calls).contains("behind");
    }

    @Test
    void aCostlyFilterThatFailsReadsTheLogAndGoesOn() {
        AtomicInteger asked = new AtomicInteger();
        // first by the index, then by the filter, then by the log
        TopicSelector failing = new NothingSelector(() -> {
            if (asked.incrementAndGet() == 2) {
                throw new IllegalStateException("broken");
            }
        });
        EventFilter filter = Permissions.OPEN.filter(Set.of(TopicPattern.of("a/**/c"), failing));
        Client client = test.join(filter, LINES, start);
        awaitLive(client);
        test.publish("a/b/d", "no");
        List<String> ids = with(List.of(), test.publish("a/b/c", "1"));
        awaitIds(client, ids);
        awaitLive(client);
        awaitIds(client, with(ids, test.publish("a/c", "2")));
        assertThat(asked).hasValueGreaterThan(2);
        assertThat(test.listener.calls).containsOnlyOnce("behind");
    }

    private record NothingSelector(Runnable asked) implements TopicSelector {
        @Override
        public String name() {
            return "nothing";
        }

        @Override
        public boolean matches(Topic topic) {
            asked.run();
            return false;
        }

        @Override
        public String literalPrefix() {
            return "a";
        }

        @Override
        public boolean isExact() {
            return false;
        }

        @Override
        public boolean isAll() {
            return false;
        }
    }

    @Test
    void whatACostlyFilterWaitsForIsForgottenWhenItsSubscribersHaveGone() {
        List<Client> costly = IntStream.range(0, 30)
                .mapToObj(i -> test.join(costly("x"), LINES, start))
                .toList();
        costly.forEach(this::awaitLive);
        test.run(() -> {
            test.shard.offer(List.of(new Event(start.plus(1), Instant.EPOCH, worst("a/a/b7/x"))));
            costly.forEach(client -> client.channel().close());
        });
        await().until(() -> test.call(test.shard::isVacant));
    }

    @Test
    void equalSubscribersAreWrittenTheSameMemory() {
        Client one = joinAll(LINES);
        Client other = joinAll(LINES);
        Client ofAnotherGroup = test.join(TestShard.filter("a"), LINES, start);
        Receipt receipt = test.publish("a", "shared");
        List.of(one, other, ofAnotherGroup).forEach(client -> awaitIds(client, with(List.of(), receipt)));

        ByteBuf buffer = one.channel().written.get(0);
        assertThat(other.channel().written.get(0)).isSameAs(buffer);
        assertThat(ofAnotherGroup.channel().written.get(0)).isSameAs(buffer);
        await().until(() -> buffer.refCnt() == 0);
    }

    @Test
    void aLargeFrameOfABatchIsNotCopied() {
        Client one = joinAll(LINES);
        Client ofAnotherGroup = test.join(TestShard.filter("a"), LINES, start);
        Notification large = Notification.of("a", "x".repeat(40_000));
        Receipt receipt = test.publish(Notification.of("a", "1"), large, Notification.of("a", "2"));
        List.of(one, ofAnotherGroup).forEach(client -> awaitIds(client, with(List.of(), receipt)));

        assertThat(one.channel().written).hasSize(3);
        assertThat(ofAnotherGroup.channel().written.get(1))
                .isSameAs(one.channel().written.get(1));
        await().until(() -> one.channel().written.stream().allMatch(buffer -> buffer.refCnt() == 0));
    }

    @Test
    void aBatchLargerThanASliceComesWholeAndInOrder() {
        Client client = joinAll(LINES);
        Notification[] batch = IntStream.range(0, 3000)
                .mapToObj(i -> Notification.of("a", "n" + i))
                .toArray(Notification[]::new);
        awaitIds(client, with(List.of(), test.publish(batch)));
    }

    // ---- BEHIND

    @Test
    void aReplayWhoseLastChunkFillsTheChannelForAMomentIsFollowedByEachEventOnce() {
        List<String> ids = publishMany(300, 1000);
        Client client = test.join(EventFilter.ALL, LINES, start);
        awaitIds(client, ids);
        awaitLive(client);

        awaitIds(client, with(ids, test.publish("a", "live")));
        assertThat(test.call(() -> ((Group) client.subscriber().feed()).liveCount()))
                .isEqualTo(1);
    }

    @Test
    void aTailThatFillsTheChannelForAMomentIsDeliveredOnce() {
        Client keepsTheShardAwake = joinAll(LINES);
        List<String> ids = publishMany(300, 1000);
        awaitIds(keepsTheShardAwake, ids);
        log.shut();

        Client client = test.join(EventFilter.ALL, LINES, start);
        awaitIds(client, ids);
        awaitLive(client);
        awaitIds(client, with(ids, test.publish("a", "live")));
    }

    @Test
    void oneWithoutRoomIsBehindUntilItHasRoomAndMissesNothing() {
        Client slow = test.join(EventFilter.ALL, LINES, start, 0);
        Client quick = joinAll(LINES);
        List<String> ids = publishMany(1000, 1000);
        awaitIds(quick, ids);

        assertThat(test.call(slow.subscriber()::isLive)).isFalse();
        assertThat(slow.ids()).isEmpty();
        assertThat(pendingBytes(slow)).isLessThan(400 << 10);
        for (int i = 0; i < 100; i++) {
            test.run(() -> slow.channel().open(5000));
        }
        test.run(() -> slow.channel().open(Long.MAX_VALUE));
        awaitIds(slow, ids);
        awaitLive(slow);
    }

    @Test
    void oneWhoNeverReadsCostsNoMoreThanAChunkWhereverItBegins() {
        Client keepsTheShardAwake = joinAll(LINES);
        List<String> ids = publishMany(900, 1000);
        awaitIds(keepsTheShardAwake, ids);

        Client withinTheTail = test.join(EventFilter.ALL, LINES, start, 0);
        assertThat(pendingBytes(withinTheTail)).isLessThan(160 << 10);
        test.run(() -> withinTheTail.channel().open(Long.MAX_VALUE));
        awaitIds(withinTheTail, ids);
    }

    @Test
    void whatIsCommittedWhileAChunkIsReadComesOnceBehindIt() {
        List<String> ids = publishMany(3, 10);
        log.shut();
        Client client = test.join(EventFilter.ALL, LINES, start);
        await().until(() -> log.waiting.get() == 1);
        Receipt more = test.publish("a", "while it is read");
        test.run(() -> {});
        log.open();
        awaitIds(client, with(ids, more));
        awaitLive(client);
    }

    @Test
    void anInboxThatRunsOverIsReadFromTheLogByEverybody() throws InterruptedException {
        Client client = joinAll(LINES);
        Client other = test.join(TestShard.filter("b"), LINES, start);
        List<String> ids = new ArrayList<>(publishMany(2, 10));
        CountDownLatch busy = new CountDownLatch(1);
        test.loop.execute(() -> awaitUninterruptibly(busy));
        for (int i = 0; i < 10; i++) {
            ids.add(test.publish("a", "x".repeat(1 << 20)).first().toString());
        }
        Receipt b = test.publish("b", "x");
        busy.countDown();
        awaitIds(client, with(ids, b));
        awaitIds(other, with(List.of(), b));
        Receipt live = test.publish("b", "live");
        awaitIds(client, with(ids, b, live));
        awaitIds(other, with(List.of(), b, live));
    }

    /** Each in a group of its own, with chunks of its own. */
    private List<Client> joinApart(TestShard shard, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> shard.join(TestShard.filter("b", "own/" + i), LINES, start))
                .toList();
    }

    @Test
    void afterAnOverflowSubscribersReadOnSomeAtATime() {
        List<Client> all = joinApart(test, 200);
        log.shut();
        CountDownLatch busy = new CountDownLatch(1);
        test.loop.execute(() -> awaitUninterruptibly(busy));
        publishMany(9, 1 << 20);
        Receipt b = test.publish("b", "x");
        busy.countDown();
        await().until(() -> log.waiting.get() > 0);

        assertThat(test.call(test.shard::readsUnderWay)).isLessThanOrEqualTo(ReplayReads.MAX_UNDER_WAY);
        assertThat(test.call(() ->
                        all.stream().noneMatch(client -> client.subscriber().isLive())))
                .isTrue();
        log.open();
        all.forEach(client -> awaitIds(client, with(List.of(), b)));
        Receipt live = test.publish("b", "live");
        all.forEach(client -> awaitIds(client, with(List.of(), b, live)));
    }

    @Test
    void betweenTheTurnsOfACrowdThatReadsOnTheLoopDoesOtherWork() {
        try (TestShard turns = new TestShard(log, SETTINGS, 2)) {
            List<Client> all = joinApart(turns, 20);
            List<Receipt> b = new ArrayList<>();
            CompletableFuture<Integer> underWay = new CompletableFuture<>();
            inOneGo(
                    turns,
                    () -> {
                        publishMany(9, 1 << 20);
                        b.add(turns.publish("b", "x"));
                    },
                    () -> {
                        // the first turn has found the overflow and scheduled the second, which lets one of them read
                        // on
                        log.shut();
                        turns.loop.schedule(
                                () -> underWay.complete(turns.shard.readsUnderWay()), 0, TimeUnit.NANOSECONDS);
                    });
            assertThat(underWay.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(1);
            log.open();
            all.forEach(client -> awaitIds(client, with(List.of(), b.get(0))));
        }
    }

    @Test
    void nothingIsReadForClientsThatHaveGone() {
        publishMany(1, 10);
        log.shut();
        List<Client> all = IntStream.range(0, 3 * ReplayReads.MAX_UNDER_WAY)
                .mapToObj(i -> test.join(TestShard.filter("a", "own/" + i), LINES, start))
                .toList();
        all.forEach(client -> client.channel().close().syncUninterruptibly());
        log.open();
        await().until(() -> test.call(test.shard::isVacant));
        assertThat(log.reads()).isEqualTo(ReplayReads.MAX_UNDER_WAY);
    }

    @Test
    void aTurnThatFailsIsMadeGoodFromTheLog() {
        log.spoil = ShardTest::withoutTime;
        Client one = joinAll(LINES);
        Client other = test.join(TestShard.filter("b"), LINES, start);
        // the frames fail, and then so does the turn, before anything is written
        test.listener.onBehind = () -> {
            test.listener.onBehind = () -> {};
            throw new IllegalStateException("of the listener");
        };
        Receipt lost = test.publish(Notification.of("b", "good"), Notification.of("a", "bad"));
        List<String> ids = with(List.of(), lost);
        awaitIds(one, ids);
        awaitIds(other, ids.subList(0, 1));
        Receipt live = test.publish("b", "live");
        awaitIds(one, with(ids, live));
        awaitIds(other, with(ids.subList(0, 1), live));
    }

    @Test
    void aTurnThatFailsAfterADeliveryMakesNothingComeTwice() {
        Client one = joinAll(LINES);
        Client other = joinAll(LINES);
        test.listener.onDelivered = () -> {
            test.listener.onDelivered = () -> {};
            throw new IllegalStateException("of the listener");
        };
        List<String> ids = publishMany(3, 10);
        awaitIds(one, ids);
        awaitIds(other, ids);
        Receipt live = test.publish("a", "live");
        awaitIds(one, with(ids, live));
        awaitIds(other, with(ids, live));
    }

    @Test
    void aBatchThatCannotBeTakenIsReadFromTheLogAtOnce() {
        Client client = joinAll(LINES);
        log.spoil = event -> null;
        Receipt lost = test.publish("a", "lost on its way");
        awaitIds(client, with(List.of(), lost));
        log.spoil = event -> event;
        awaitIds(client, with(List.of(), lost, test.publish("a", "live")));
    }

    @Test
    void aTickThatFailsDoesNotEndTheClock() {
        AtomicBoolean broken = new AtomicBoolean();
        EventLog breaks = new ForwardingEventLog(new InMemoryEventLog()) {
            @Override
            public Position head() {
                if (broken.get()) {
                    throw new IllegalStateException("of the log");
                }
                return super.head();
            }
        };
        try (TestShard ofIt = new TestShard(breaks, SETTINGS)) {
            Client client = ofIt.join(EventFilter.ALL, LINES, breaks.head());
            broken.set(true);
            assertThatNoException().isThrownBy(() -> ofIt.run(ofIt.shard::tick));
            broken.set(false);
            ofIt.run(() -> IntStream.range(0, TICKS_PER_HEARTBEAT).forEach(i -> ofIt.shard.tick()));
            await().until(() -> client.channel().taken().length > 0);
        }
    }

    // ---- what is told

    @Test
    void theListenerIsToldWhatHappensToAStream() {
        List<String> ids = publishMany(2, 10);
        Client client = test.join(EventFilter.ALL, LINES, start);
        awaitLive(client);
        Receipt live = test.publish("a", "live");
        awaitIds(client, with(ids, live));
        client.channel().close().syncUninterruptibly();
        await().until(() -> test.counts.open() == 0);
        assertThat(test.listener.calls)
                .containsExactly("joined", "replayed 2", "live", "delivered 1 to 1", "live left CLOSED");
    }

    @Test
    void theListenerIsToldOfAClientThatTakesNothing() {
        Client client = test.join(EventFilter.ALL, LINES, log.head(), 0);
        awaitLive(client);
        publishMany(20, 10_000);
        // all of these may have been one run, and it is the next that is due to a full channel
        await().until(() -> {
            test.publish("a", "more");
            return !test.call(client.subscriber()::isLive);
        });
        assertThat(test.counts.liveCount(LINES.format)).isZero();
        assertThat(test.counts.behindCount(LINES.format)).isEqualTo(1);
        await().until(() -> {
            tick(TICKS_PER_HEARTBEAT);
            return test.counts.open() == 0;
        });
        assertThat(test.listener.calls).contains("behind").endsWith("stalled", "behind left STALLED");
        assertThat(test.counts.behindCount(LINES.format)).isZero();
    }

    @Test
    void theListenerIsToldOfAGapOfEachStream() {
        publishMany(1, 10);
        test.join(EventFilter.ALL, LINES, new Position(7, 1000));
        test.join(EventFilter.ALL, LINES, new Position(7, 1000));
        await().untilAsserted(() -> assertThat(test.listener.calls)
                .filteredOn("gap unknown-epoch"::equals)
                .hasSize(2));
    }

    @Test
    void theWorstLagIsThatOfTheFurthestStream() {
        Client slow = test.join(EventFilter.ALL, LINES, start, 0);
        Client quick = joinAll(LINES);
        List<String> ids = new ArrayList<>(publishMany(70, 1000));
        awaitIds(quick, ids);
        // the first ones fill the channel, even if they come all at once
        ids.addAll(publishMany(30, 1000));
        awaitIds(quick, ids);
        tick(TICKS_PER_HEARTBEAT);
        long lag = 100
                - Position.parse(test.call(() -> slow.subscriber().position()).toString())
                        .offset();
        assertThat(lag).isPositive();
        assertThat(test.shard.worstLag()).isEqualTo(lag);
        slow.channel().close().syncUninterruptibly();
        test.run(() -> {}); // its end is noticed behind that
        tick(TICKS_PER_HEARTBEAT);
        assertThat(test.shard.worstLag()).isZero();
    }

    /** Keeps a shard's loop busy until all of these are queued: what is committed, and then a task of the test. */
    private static void inOneGo(TestShard shard, Runnable commits, Runnable task) {
        CountDownLatch busy = new CountDownLatch(1);
        shard.loop.execute(() -> awaitUninterruptibly(busy));
        commits.run();
        shard.loop.execute(task);
        busy.countDown();
    }

    @Test
    void whoLeavesOrChangesBetweenTheTurnsOfAPassTakesNothingFromAnybody() {
        try (TestShard turns = new TestShard(new InMemoryEventLog(), SETTINGS, 2)) {
            Position head = turns.log.head();
            List<Client> all = new ArrayList<>();
            for (EventFilter filter : List.of(EventFilter.ALL, TestShard.filter("a"))) {
                for (int i = 0; i < 4; i++) {
                    all.add(turns.join(filter, LINES, head));
                }
            }
            Receipt[] receipt = new Receipt[1];
            inOneGo(turns, () -> receipt[0] = turns.publish("a", "1"), () -> {
                // the first turn has served two of the first group; both groups owe it to the rest
                for (int group : List.of(0, 4)) {
                    all.get(group).channel().close();
                    Subscriber moved = all.get(group + 3).subscriber();
                    moved.change(TestShard.filter("a", "x"), moved.position());
                    moved.proceed();
                }
            });
            Receipt next = turns.publish("a", "2");
            for (int i : List.of(1, 2, 3, 5, 6, 7)) {
                awaitIds(all.get(i), with(List.of(), receipt[0], next));
            }
        }
    }

    @Test
    void aLargeEventIsGivenToFewSubscribersInATurn() {
        List<Client> all = IntStream.range(0, 10)
                .mapToObj(i -> test.join(EventFilter.ALL, LINES, start))
                .toList();
        CompletableFuture<Long> served = new CompletableFuture<>();
        List<Receipt> large = new ArrayList<>();
        inOneGo(
                test,
                () -> large.add(test.publish("a", "x".repeat(4 << 20))),
                () -> served.complete(all.stream()
                        .filter(client -> client.channel().taken().length > 0)
                        .count()));
        assertThat(served.join()).isBetween(1L, 2L);
        for (Client client : all) {
            awaitIds(client, with(List.of(), large.get(0)));
        }
    }

    @Test
    void whatIsCommittedWhileATurnIsFullOfReplaysHasTheNext() {
        try (TestShard turns = new TestShard(log, SETTINGS, 2)) {
            Receipt before = turns.publish("a", "before");
            log.shut();
            List<Client> behind = IntStream.range(0, 3)
                    .mapToObj(i -> turns.join(EventFilter.ALL, LINES, start))
                    .toList();
            await().until(() -> log.waiting.get() == 1);
            List<Receipt> live = new ArrayList<>();
            inOneGo(turns, () -> live.add(turns.publish("a", "live")), log::open);
            for (Client client : behind) {
                awaitIds(client, with(List.of(), before, live.get(0)));
            }
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aCursorOfAnotherLogGetsAGapFirst() {
        List<String> ids = publishMany(2, 10);
        Client client = test.join(EventFilter.ALL, TestFormat.SSE_TO_END, new Position(7, 1000));
        await().untilAsserted(() -> assertThat(client.ids()).hasSize(3));
        assertThat(client.ids().subList(1, 3)).isEqualTo(ids);
        assertThat(new String(client.channel().taken(), UTF_8))
                .startsWith("event: " + Gap.EVENT + "\ndata: {")
                .contains("}\nid: " + start + "\n\n");
        awaitIds(client, with(client.ids(), test.publish("a", "live")));
    }

    @Test
    void aCrowdAtOnePlaceReadsTheLogOnceAndSoDoWhoComesNext() {
        List<String> ids = publishMany(5, 10);
        log.shut();
        List<Client> crowd = new ArrayList<>();
        IntStream.range(0, 20).forEach(i -> crowd.add(test.join(EventFilter.ALL, LINES, start)));
        Client elsewhere = test.join(EventFilter.ALL, LINES, start.plus(2));
        await().until(() -> log.waiting.get() == 2);
        log.open();
        crowd.forEach(client -> awaitIds(client, ids));
        awaitIds(elsewhere, ids.subList(2, 5));

        Client next = test.join(EventFilter.ALL, LINES, start);
        awaitIds(next, ids);
        assertThat(log.reads()).isEqualTo(2);

        test.run(test.shard::tick);
        Client later = test.join(EventFilter.ALL, LINES, start);
        awaitIds(later, ids);
        assertThat(log.reads()).isEqualTo(3);
    }

    @Test
    void whatExpiresIsNotKeptForWhoComesNext() {
        Notification brief =
                new Notification(List.of(new Topic("a")), "e", Data.text("brief"), false, Duration.ofMillis(300));
        Receipt first = test.publish(brief);
        Receipt second = test.publish("a", "stays");
        Client intime = test.join(EventFilter.ALL, LINES, start);
        awaitIds(intime, with(List.of(), first, second));
        Client late = await().until(() -> test.join(EventFilter.ALL, LINES, start), client -> {
            awaitLive(client);
            return client.ids().size() == 1;
        });
        assertThat(late.ids()).isEqualTo(with(List.of(), second));
    }

    @Test
    void aChunkThatWasReadForAnEqualFilterBeforeAChangeIsNotSent() {
        List<String> ids = publishMany(5, 10);
        EventFilter filter = TestShard.filter("a");
        log.shut();
        Client client = test.join(filter, LINES, start);
        await().until(() -> log.waiting.get() == 1);
        test.run(() -> {
            client.subscriber().change(TestShard.filter(), client.subscriber().position());
            client.subscriber().change(filter, start.plus(3));
            client.subscriber().proceed();
        });
        log.open();
        awaitLive(client);
        assertThat(client.ids()).isEqualTo(ids.subList(3, 5));
    }

    // ---- errors

    private static Event withoutTime(Event event) {
        return event.data().toString().equals("bad") ? new Event(event.position(), null, event.notification()) : event;
    }

    @Test
    void anEventThatOneFormatCannotEncodeBreaksOnlyWhoIsDueIt() {
        log.spoil = ShardTest::withoutTime;
        Client lines = joinAll(LINES);
        Client ofAnotherTopic = test.join(TestShard.filter("b"), LINES, start);
        Client sse = joinAll(TestFormat.SSE_TO_END);
        Receipt receipt = test.publish(
                Notification.of("a", "good"),
                Notification.of("b", "good"),
                Notification.of("a", "bad"),
                Notification.of("b", "good"));

        awaitIds(sse, with(List.of(), receipt));
        await().until(() -> !lines.channel().isOpen());
        Receipt next = test.publish("b", "next");
        awaitIds(sse, with(List.of(), receipt, next));
        await().untilAsserted(() -> assertThat(ofAnotherTopic.ids())
                .containsExactly(
                        receipt.first().plus(1).toString(),
                        receipt.first().plus(3).toString(),
                        next.first().toString()));
        await().until(() -> test.counts.open() == 2);
    }

    // ---- the clock

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 16, 17, 40})
    void aSilentStreamGetsOneSignOfLifeAHeartbeatHoweverManyThereAre(int count) {
        List<Client> clients = IntStream.range(0, count)
                .mapToObj(i -> joinAll(TestFormat.SSE_TO_END))
                .toList();
        tick(TICKS_PER_HEARTBEAT);
        // each is looked at in its own ticks: in the first round some are so a little early
        tick(3 * TICKS_PER_HEARTBEAT);
        for (Client client : clients) {
            String text = new String(client.channel().taken(), UTF_8);
            assertThat(text.replace(":\n\n", "")).isEmpty();
            assertThat(text.length() / 3).isBetween(4, 5);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 9, 15})
    void nobodyIsSilentForLongerThanAHeartbeat(int ticksBefore) {
        Client client = joinAll(LINES);
        tick(ticksBefore);
        awaitIds(client, with(List.of(), test.publish("a", "1")));
        int length = client.channel().taken().length;
        tick(TICKS_PER_HEARTBEAT - 4);
        assertThat(client.channel().taken()).hasSize(length);
        tick(4);
        assertThat(client.channel().taken()).hasSize(length + 1);
    }

    @Test
    void aClientThatTakesNothingIsCutOffThoughMoreIsPutBehindWhatWaits() {
        Client client = test.join(EventFilter.ALL, LINES, start, 0);
        // few enough that there is room for all of them
        for (int i = 0; i < 50 && client.channel().isOpen(); i++) {
            test.publish("a", "x");
            test.run(() -> {});
            tick(4);
        }
        await().until(() -> !client.channel().isOpen());
        assertThat(test.counts.stalledSoFar()).isEqualTo(1);
        await().until(() -> test.counts.open() == 0);
    }

    @Test
    void aClientThatTakesALargeFrameSlowlyIsNotCutOff() {
        Client client = test.join(EventFilter.ALL, LINES, start, 100);
        Receipt receipt = test.publish("a", "x".repeat(500_000));
        await().until(() -> pendingBytes(client) > 0);
        for (int i = 0; i < 20; i++) {
            long until = System.nanoTime() + 2 * SETTINGS.writeStall().toNanos();
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            test.run(() -> client.channel().open(100));
            tick(4);
        }
        assertThat(client.channel().isOpen()).isTrue();
        test.run(() -> client.channel().open(Long.MAX_VALUE));
        awaitIds(client, with(List.of(), receipt));
    }

    // ---- the end

    @Test
    void theLastOneToLeaveLeavesNothingBehind() {
        List<Client> clients = List.of(
                joinAll(LINES),
                joinAll(LINES),
                test.join(TestShard.filter("a", "b/*"), TestFormat.WEBSOCKET, start),
                test.join(TestShard.filter("a"), TestFormat.SSE_CHUNKED, start, 0));
        publishMany(100, 1000);
        test.run(() -> clients.get(2).subscriber().change(TestShard.filter("c/**"), start));
        clients.forEach(client -> client.channel().close().syncUninterruptibly());

        await().until(() -> test.counts.open() == 0);
        assertThat(test.call(test.shard::isVacant)).isTrue();
        awaitIds(joinAll(LINES), List.of());
        for (Client client : clients) {
            await().until(() -> client.channel().written.stream().allMatch(buffer -> buffer.refCnt() == 0));
        }
    }

    @Test
    void afterAPauseWithoutSubscribersNothingIsMissing() {
        Client first = joinAll(LINES);
        List<String> ids = publishMany(3, 10);
        awaitIds(first, ids);
        first.channel().close().syncUninterruptibly();
        await().until(() -> test.counts.open() == 0);
        List<String> later = publishMany(3, 10);
        Client second = test.join(EventFilter.ALL, LINES, Position.parse(ids.get(2)));
        awaitIds(second, later);
    }

    @ParameterizedTest
    @EnumSource(
            value = TestFormat.class,
            names = {"SSE_HTTP2", "NDJSON_HTTP2"},
            mode = EnumSource.Mode.EXCLUDE)
    void closingEndsEachStreamInTheWayOfItsFormat(TestFormat format) {
        Client client = joinAll(format);
        Receipt receipt = test.publish("a", "1");
        awaitIds(client, with(List.of(), receipt));
        test.counts.close();
        test.shard.close();
        await().until(() -> !client.channel().isOpen());

        byte[] wire = client.channel().taken();
        assertThat(format.ids(wire)).isEqualTo(with(List.of(), receipt));
        String text = switch (format) {
            case SSE_CHUNKED, NDJSON_CHUNKED -> {
                assertThat(Wire.chunks(wire).complete()).isTrue();
                yield Wire.chunks(wire).text();
            }
            case WEBSOCKET -> {
                assertThat(Wire.messages(wire).closeCode()).isEqualTo(1012);
                yield "";
            }
            default -> new String(wire, UTF_8);
        };
        if (format == TestFormat.SSE_CHUNKED || format == TestFormat.SSE_TO_END) {
            assertThat(text).containsPattern("\n\nretry: (2\\d{3}|3000)\n\n$");
        }
        await().until(() -> test.counts.open() == 0);
    }

    @Test
    void oneWhoComesWhileAllIsEndingIsEndedAtOnce() {
        test.counts.close();
        Client client = joinAll(TestFormat.WEBSOCKET);
        await().until(() -> !client.channel().isOpen());
        assertThat(Wire.messages(client.channel().taken()).closeCode()).isEqualTo(1012);
        await().until(() -> test.counts.open() == 0);
    }

    @Test
    void aLoopThatHasEndedIsNoErrorToWhoeverOffersOrCloses() {
        joinAll(LINES).channel().written.clear();
        test.loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
        Event event = new Event(start.plus(1), Instant.EPOCH, Notification.of("a", "x"));
        assertThatNoException().isThrownBy(() -> test.shard.offer(List.of(event)));
        assertThatNoException().isThrownBy(test.shard::close);
    }

    @Test
    void oneWhoseChannelIsClosedBeforeItBeginsIsNotCounted() {
        TapChannel channel = new TapChannel(32 << 10, 64 << 10);
        test.loop.register(channel).syncUninterruptibly();
        channel.close().syncUninterruptibly();
        test.run(() -> test.begin(channel, EventFilter.ALL, LINES, start));
        assertThat(test.counts.open()).isZero();
        assertThat(test.call(test.shard::isVacant)).isTrue();
    }
}
