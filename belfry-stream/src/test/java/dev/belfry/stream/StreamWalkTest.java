package dev.belfry.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.EventFilter;
import dev.belfry.InMemoryEventLog;
import dev.belfry.stream.TestShard.Client;
import dev.belfry.wire.EndReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Visits to all streams of a shard. */
class StreamWalkTest {
    private final TestShard test = new TestShard(new InMemoryEventLog());

    @AfterEach
    void close() {
        test.close();
    }

    private List<Client> join(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> test.join(EventFilter.ALL, TestFormat.NDJSON_TO_END, test.log.head()))
                .toList();
    }

    /** Whom it has seen, and how often. */
    private static final class Seen implements Consumer<Subscriber> {
        final Map<SubscriberId, Integer> times = new HashMap<>();
        final Consumer<Subscriber> action;

        Seen(Consumer<Subscriber> action) {
            this.action = action;
        }

        @Override
        public void accept(Subscriber subscriber) {
            times.merge(subscriber.id(), 1, Integer::sum);
            action.accept(subscriber);
        }
    }

    private static <T> T get(CompletableFuture<T> future) {
        return future.orTimeout(30, TimeUnit.SECONDS).join();
    }

    @Test
    void everySubscriberIsVisitedOnceAndHasANameOfItsOwn() {
        List<Client> clients = join(300);
        Seen seen = get(test.shard.visit(new Seen(subscriber -> {})));
        assertThat(seen.times)
                .hasSize(300)
                .allSatisfy((id, times) -> assertThat(times).isEqualTo(1));
        for (Client client : clients) {
            SubscriberId id = client.subscriber().id();
            assertThat(seen.times).containsKey(id);
            assertThat(SubscriberId.parse(id.toString())).isEqualTo(id);
            assertThat(client.subscriber().hasId(id)).isTrue();
        }
        assertThat(SubscriberId.parse("nonsense")).isNull();
        assertThat(SubscriberId.parse("a-zzzzzzz")).isNull();
    }

    @Test
    void aShardWithoutSubscribersIsVisitedAtOnce() {
        assertThat(get(test.shard.visit(new Seen(subscriber -> {}))).times).isEmpty();
    }

    @RepeatedTest(20)
    void othersMayLeaveAndComeInTheMiddleOfIt(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<Client> clients = new ArrayList<>(join(200));
        Set<SubscriberId> stayed = new HashSet<>();
        clients.forEach(client -> stayed.add(client.subscriber().id()));
        Set<SubscriberId> there = new HashSet<>(stayed);
        Seen seen = get(test.shard.visit(new Seen(subscriber -> {
            if (random.nextInt(3) == 0 && !clients.isEmpty()) {
                Client gone = clients.remove(random.nextInt(clients.size()));
                stayed.remove(gone.subscriber().id());
                gone.channel().close();
            }
        })));
        assertThat(seen.times).allSatisfy((id, times) -> assertThat(times).isEqualTo(1));
        assertThat(seen.times.keySet()).containsAll(stayed);
        assertThat(there).containsAll(seen.times.keySet());
    }

    @Test
    void aVisitorMayEndWhomItSees() {
        List<Client> clients = join(100);
        get(test.shard.visit(new Seen(subscriber -> subscriber.end(EndReason.DISCONNECTED))));
        for (Client client : clients) {
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> !client.channel().isOpen());
            assertThat(client.format().body(client.channel().taken())).contains("{\"reason\":\"disconnected\"}");
        }
    }

    @Test
    void aVisitorThatFailsEndsItsVisitOnly() {
        join(10);
        CompletableFuture<Seen> failed = test.shard.visit(new Seen(subscriber -> {
            throw new IllegalStateException("broken");
        }));
        assertThatThrownBy(() -> get(failed)).isInstanceOf(CompletionException.class);
        assertThat(get(test.shard.visit(new Seen(subscriber -> {}))).times).hasSize(10);
    }
}
