package dev.belfry.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.Chunk;
import dev.belfry.EventFilter;
import dev.belfry.InMemoryEventLog;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.ReadLimits;
import dev.belfry.Receipt;
import dev.belfry.stream.TestShard.Client;
import dev.belfry.testkit.ForwardingEventLog;
import dev.belfry.testkit.LeakProbe;
import io.netty.channel.DefaultEventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A shard whose loop, listeners and reads fail, as they do when memory runs out; and reads that go far. */
@Timeout(60)
class ShardFailureTest {
    /** Its own clock does not run in a test: the tests tick. */
    private static final StreamSettings SETTINGS =
            new StreamSettings(Duration.ofHours(10), Duration.ofSeconds(2), Duration.ofMillis(1), 1000);

    private static final TestFormat LINES = TestFormat.NDJSON_TO_END;

    /** Looks at one event a turn, and may throw. */
    private static final class SlowLog extends ForwardingEventLog {
        private final AtomicInteger failing = new AtomicInteger();
        private final AtomicInteger held = new AtomicInteger();
        private volatile Runnable onRead = () -> {};
        private volatile int foundAt;

        SlowLog() {
            super(new InMemoryEventLog());
        }

        @Override
        public Chunk read(EventFilter filter, Position after, ReadLimits limits) {
            held.incrementAndGet();
            onRead.run();
            held.decrementAndGet();
            throwIf(failing);
            Chunk chunk = super.read(filter, after, new ReadLimits(limits.maxEvents(), limits.maxBytes(), 1, 0));
            foundAt = chunk.events().isEmpty() ? foundAt : reads();
            return chunk;
        }
    }

    /** Takes no task so many times. */
    private static final class FailingLoop extends DefaultEventLoop {
        private final AtomicInteger failing = new AtomicInteger();

        @Override
        public void execute(Runnable task) {
            if (!inEventLoop()) {
                throwIf(failing);
            }
            super.execute(task);
        }
    }

    private static void throwIf(AtomicInteger failing) {
        if (failing.get() > 0 && failing.getAndDecrement() > 0) {
            throw new OutOfMemoryError("thrown on purpose");
        }
    }

    private final SlowLog log = new SlowLog();
    private final FailingLoop loop = new FailingLoop();
    private final TestShard test = new TestShard(log, SETTINGS, Shard.TURN_DELIVERIES, Optimizations.ALL, loop, true);
    private final Position start = log.head();

    @AfterEach
    void close() {
        loop.failing.set(0);
        test.close();
    }

    @AfterAll
    static void nothingHasLeaked() {
        LeakProbe.assertNoLeaks();
    }

    private static ConditionFactory await() {
        return Awaitility.with().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Client joinLive() {
        Client client = test.join(EventFilter.ALL, LINES, log.head());
        await().until(() -> test.call(client.subscriber()::isLive));
        return client;
    }

    private static void awaitIds(Client client, Receipt... receipts) {
        List<String> ids = new ArrayList<>();
        for (Receipt receipt : receipts) {
            receipt.positions().forEach(position -> ids.add(position.toString()));
        }
        await().untilAsserted(() -> assertThat(client.ids()).isEqualTo(ids));
    }

    private Receipt publishOthers(int count) {
        return test.publish(IntStream.range(0, count)
                .mapToObj(i -> Notification.of("other", "" + i))
                .toArray(Notification[]::new));
    }

    // ---- failures

    @Test
    void aTurnThatCouldNotBeScheduledIsMadeUpForByTheNextEvent() {
        Client client = joinLive();
        loop.failing.set(1);
        Receipt first = test.publish("a", "no turn");

        Receipt second = test.publish("a", "a turn");

        awaitIds(client, first, second);
    }

    @Test
    void aTurnThatCouldNotBeScheduledIsMadeUpForByTheClock() {
        Client client = joinLive();
        loop.failing.set(1);
        Receipt receipt = test.publish("a", "no turn");
        assertThat(loop.failing).hasValue(0);

        test.run(test.shard::tick);

        awaitIds(client, receipt);
    }

    @Test
    void aTurnThatCannotBeMadeGoodAtOnceIsMadeGoodByTheClock() {
        Client one = joinLive();
        Client other = joinLive();
        AtomicInteger failing = new AtomicInteger(1);
        test.listener.onDelivered = () -> throwIf(failing);
        AtomicInteger failingAgain = new AtomicInteger(1);
        test.listener.onBehind = () -> throwIf(failingAgain);
        Receipt first = test.publish("a", "breaks off");
        await().until(() -> failingAgain.get() == 0);
        Receipt second = test.publish("a", "while it is out of step");

        await().untilAsserted(() -> {
            test.run(test.shard::tick);
            assertThat(one.ids()).hasSize(2);
            assertThat(other.ids()).hasSize(2);
        });

        Receipt live = test.publish("a", "live");
        awaitIds(one, first, second, live);
        awaitIds(other, first, second, live);
    }

    /** The reader thread is the only one here that gives the loop a task while the failures last. */
    @Test
    void aChunkThatCannotBeHandedOverIsHandedOverWhenThereIsMemory() {
        Receipt receipt = test.publish("a", "x");
        log.onRead = () -> loop.failing.set(3);
        Client client = test.join(EventFilter.ALL, LINES, start);

        awaitIds(client, receipt);
    }

    @Test
    void aReadThatThrowsAnErrorEndsItsSubscribersAndNobodyElse() {
        Receipt receipt = test.publish("a", "x");
        log.failing.set(1);
        Client fails = test.join(TestShard.filter("a"), LINES, start);
        await().until(() -> !fails.channel().isOpen());

        Client reads = test.join(TestShard.filter("a"), LINES, start);

        awaitIds(reads, receipt);
        assertThat(test.hub.hasFailed()).isFalse();
    }

    // ---- reads that go far

    @Test
    void aReplayThatFindsNothingEndsWhenItsSubscriberLeaves() {
        publishOthers(50_000);
        Client client = test.join(TestShard.filter("wanted"), LINES, start);
        await().until(() -> log.reads() > 10);

        client.channel().close().syncUninterruptibly();
        int reads = log.reads();
        await().until(() -> test.call(test.shard::isVacant));

        assertThat(log.reads()).isLessThan(reads + 3).isLessThan(50_000);
    }

    @Test
    void aReplayThatFindsSomethingIsServedThoughHundredsSearch() {
        publishOthers(50_000);
        Receipt last = test.publish("wanted", "x");
        List<Client> searches = IntStream.range(0, 400)
                .mapToObj(i -> test.join(TestShard.filter("nothing/" + i), LINES, start))
                .toList();
        int allThere = log.reads();
        await().until(() -> log.reads() > allThere + 2_000); // each has had a turn
        CountDownLatch latch = new CountDownLatch(1);
        log.onRead = () -> awaitUninterruptibly(latch);
        await().until(() -> log.held.get() == 2); // both reader threads
        int reads = log.reads();

        Client honest =
                test.join(TestShard.filter("wanted"), LINES, last.first().before());
        latch.countDown();
        await().until(() -> honest.ids().size() == 1);

        // it waits for a place, for a thread, and for its turn on the loop, and not for 400 others
        assertThat(log.foundAt - reads).isLessThan(50);
        assertThat(searches).allMatch(search -> search.channel().isOpen());
    }
}
