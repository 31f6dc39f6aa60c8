package dev.belfry.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.EventFilter;
import dev.belfry.InMemoryEventLog;
import dev.belfry.Permissions;
import dev.belfry.Position;
import dev.belfry.TopicPattern;
import dev.belfry.stream.MemoryBudget.Use;
import dev.belfry.stream.TestShard.Client;
import dev.belfry.testkit.LeakProbe;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What waits for clients of streams counts in a budget, and waits in the log when that is used up. */
class StreamBudgetTest {
    /** Its own clock does not run in a test: the tests tick. */
    private static final StreamSettings SETTINGS =
            new StreamSettings(Duration.ofHours(10), Duration.ofSeconds(2), Duration.ofMinutes(2), 1000);

    private static final TestFormat LINES = TestFormat.NDJSON_TO_END;
    private static final int LARGE = 1_500_000;

    /** Of large chunks one fits in, of small ones many. */
    private final MemoryBudget budget = new MemoryBudget(8 << 20, 8 << 20);

    private final TestShard test = new TestShard(new InMemoryEventLog(), SETTINGS, budget);
    private final Position start = test.log.head();

    @AfterEach
    void close() {
        test.close();
        assertThat(budget.heldBytes()).isZero();
    }

    @AfterAll
    static void nothingHasLeaked() {
        LeakProbe.assertNoLeaks();
    }

    private Client join(String topic, long room) {
        return test.join(TestShard.filter(topic), LINES, start, room);
    }

    private String publish(String topic, int size) {
        return test.publish(topic, "x".repeat(size)).first().toString();
    }

    /** Until it has happened, for what was asked for is read on another thread. */
    private void tickUntilHas(Client client, String id) {
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            test.run(test.shard::tick);
            return client.ids().contains(id);
        });
    }

    private void open(Client client) {
        test.run(() -> client.channel().open(Long.MAX_VALUE));
    }

    @Test
    void chunksForClientsThatReadNothingAreBoundedAndTheOthersGetTheirsWhenThereIsRoom() {
        String a = publish("a", LARGE);
        String b = publish("b", LARGE);
        Client deaf = join("a", 100);
        await().until(() -> budget.heldBytes(Use.LARGE_CHUNKS) > LARGE);
        Client second = join("b", Long.MAX_VALUE);
        await().until(() -> budget.refusals(Use.LARGE_CHUNKS) > 0);
        test.run(test.shard::tick);
        assertThat(second.ids()).isEmpty();
        assertThat(budget.heldBytes(Use.LARGE_CHUNKS)).isLessThan(2 * LARGE);

        String small = publish("c", 10);
        Client third = join("c", Long.MAX_VALUE);
        await().until(() -> third.ids().contains(small));

        open(deaf);
        tickUntilHas(second, b);
        assertThat(second.ids()).containsExactly(b);
        await().until(() -> deaf.ids().contains(a));
    }

    @Test
    void aLiveStreamReadsALargeEventFromTheLogWhenThereIsNoRoomForIt() {
        Client client = join("a", Long.MAX_VALUE);
        await().until(() -> test.call(client.subscriber()::isLive));
        MemoryBudget.Hold others = budget.hold(Use.LARGE_CHUNKS, null, 2 << 20);
        String large = publish("a", LARGE);
        String after = publish("a", 10);
        await().until(() -> budget.refusals(Use.LARGE_CHUNKS) > 0);
        assertThat(client.ids()).isEmpty();

        assertThat(others).isNotNull();
        others.close();
        tickUntilHas(client, after);
        assertThat(client.ids()).containsExactly(large, after);
        await().until(() -> test.call(client.subscriber()::isLive));
    }

    @Test
    void oneBufferIsCountedOnceForAllThatWaitForIt() {
        Client[] clients = IntStream.range(0, 20).mapToObj(i -> join("a", 100)).toArray(Client[]::new);
        await().until(() -> test.call(() ->
                IntStream.range(0, 20).allMatch(i -> clients[i].subscriber().isLive())));
        String large = publish("a", LARGE);
        await().until(() -> budget.heldBytes(Use.LARGE_CHUNKS) > 0);
        assertThat(budget.heldBytes(Use.LARGE_CHUNKS)).isBetween((long) LARGE, 2L * LARGE);
        for (Client client : clients) {
            open(client);
            tickUntilHas(client, large);
        }
        test.run(test.shard::tick);
        await().until(() -> budget.heldBytes(Use.LARGE_CHUNKS) == 0);
    }

    @Test
    void aStreamThatLeavesLeavesNothing() {
        publish("a", LARGE);
        publish("b", LARGE);
        Client deaf = join("a", 100);
        await().until(() -> budget.heldBytes(Use.LARGE_CHUNKS) > 0);
        Client waiting = join("b", 100);
        await().until(() -> budget.refusals(Use.LARGE_CHUNKS) > 0);
        test.run(() -> waiting.channel().close());
        test.run(() -> deaf.channel().close());
        await().until(() -> budget.heldBytes() == 0);
        await().until(() -> test.call(test.shard::isVacant));
    }

    private static EventFilter heavy(String own) {
        Set<TopicPattern> patterns = IntStream.range(0, 128)
                .mapToObj(i -> TopicPattern.of(own + "/" + i + "/" + "x".repeat(1000)))
                .collect(Collectors.toSet());
        return Permissions.OPEN.filter(patterns);
    }

    @Test
    void patternsCountOnceForEqualSubscriptionsAndNotAnyMoreWhenTheLastIsGone() {
        long weight = PatternWeight.of(heavy("a"));
        assertThat(weight).isBetween(250_000L, 1_000_000L);
        Client first = test.join(heavy("a"), LINES, start);
        Client second = test.join(heavy("a"), LINES, start);
        test.join(EventFilter.ALL, LINES, start);
        assertThat(budget.heldBytes(Use.PATTERNS)).isEqualTo(weight);
        test.run(() -> first.channel().close());
        assertThat(budget.heldBytes(Use.PATTERNS)).isEqualTo(weight);
        test.run(() -> second.channel().close());
        await().until(() -> budget.heldBytes(Use.PATTERNS) == 0);
    }

    @Test
    void aChangeToPatternsForWhichThereIsNoRoomChangesNothing() {
        Client client = join("a", Long.MAX_VALUE);
        MemoryBudget.Hold others = budget.hold(Use.PATTERNS, null, (4 << 20) - (100 << 10));
        assertThat(others).isNotNull();
        boolean isChanged = test.call(
                () -> client.subscriber().change(heavy("b"), client.subscriber().position()));
        assertThat(isChanged).isFalse();
        assertThat(client.subscriber().filter()).isEqualTo(TestShard.filter("a"));
        String id = publish("a", 10);
        await().until(() -> client.ids().contains(id));
        others.close();
        assertThat(test.call(() -> client.subscriber()
                        .change(heavy("b"), client.subscriber().position())))
                .isTrue();
        assertThat(budget.heldBytes(Use.PATTERNS)).isEqualTo(PatternWeight.of(heavy("b")));
    }
}
