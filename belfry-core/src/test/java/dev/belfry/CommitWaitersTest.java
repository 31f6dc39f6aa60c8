package dev.belfry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.CommitWaiters.Waiter;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CommitWaitersTest {
    private static final String WORST_TOPIC = "a/".repeat(63) + "a";

    private final ArrayDeque<Runnable> turns = new ArrayDeque<>();
    private final CommitWaiters waiters = new CommitWaiters(turns::add);
    private long offset;

    private static final class Told extends Waiter {
        int times;

        Told(EventFilter filter, @Nullable Position after) {
            super(filter, after);
        }

        @Override
        void arrived() {
            times++;
        }
    }

    private Told await(String... patterns) {
        return await(null, patterns);
    }

    private Told await(@Nullable Position after, String... patterns) {
        Told told = new Told(
                Permissions.OPEN.filter(
                        Set.copyOf(Stream.of(patterns).map(TopicPattern::of).toList())),
                after);
        waiters.add(told);
        return told;
    }

    private Event event(String... topics) {
        List<Topic> all = Stream.of(topics).map(Topic::new).toList();
        return new Event(new Position(1, ++offset), Instant.EPOCH, new Notification(all, "e", Data.EMPTY, false, null));
    }

    private void commit(String... topics) {
        waiters.committed(List.of(event(topics)));
    }

    /** Returns how many turns there were. */
    private int haveTurns() {
        int count = 0;
        for (Runnable turn = turns.poll(); turn != null; turn = turns.poll()) {
            turn.run();
            count++;
        }
        return count;
    }

    /** None covers another. */
    private static String[] worstPatterns(String end) {
        return IntStream.range(0, 100)
                .mapToObj(i -> "a/**/a/" + "*/".repeat(i % 7) + "b" + i + "/**/" + end)
                .toArray(String[]::new);
    }

    private static String[] worstTopics() {
        return Collections.nCopies(16, WORST_TOPIC).toArray(String[]::new);
    }

    @Test
    void thoseWhoseFiltersAcceptAnEventAreToldAndNoOthers() {
        Told exact = await("a/b");
        Told light = await("a/*");
        Told costly = await("a/**/c", "x/**/b");
        Told other = await("b", "b/**", "c/**/d", "a/**/d");
        commit("x", "a/b");
        haveTurns();
        assertThat(List.of(exact.times, light.times, costly.times, other.times)).containsExactly(1, 1, 0, 0);
        commit("x/y/b");
        haveTurns();
        assertThat(List.of(exact.times, light.times, costly.times, other.times)).containsExactly(1, 1, 1, 0);
    }

    @Test
    void theWriterOnlyHandsOn() {
        AtomicInteger asked = new AtomicInteger();
        Set<TopicSelector> selector = Set.of(new RandomNames.Template("", "", asked::incrementAndGet));
        waiters.add(new Told(new EventFilter(selector, SelectorSet.ALL_TOPICS), null));
        for (int i = 0; i < 100; i++) {
            commit("a");
        }
        assertThat(asked).hasValue(0);
        assertThat(turns).hasSize(1);
        haveTurns();
        assertThat(asked).hasPositiveValue();
    }

    @Test
    void nothingIsHandedOnWhileNobodyWaits() {
        commit("a");
        Told told = await("a");
        waiters.remove(told);
        commit("a");
        assertThat(turns).isEmpty();
        assertThat(told.times).isZero();
    }

    @Test
    void costlyFiltersAreMatchedInTurnsBehindTheOthers() {
        List<Told> costly =
                IntStream.range(0, 50).mapToObj(i -> await(worstPatterns("a"))).toList();
        Told quick = await(WORST_TOPIC);
        commit(worstTopics());
        turns.remove().run();
        assertThat(quick.times).isEqualTo(1);
        int perTurn = CommitWaiters.TURN_STEPS / costly.get(0).filter.maxSteps(event(worstTopics()));
        assertThat(perTurn).isBetween(10, 40);
        assertThat(haveTurns()).isGreaterThanOrEqualTo(50 / perTurn);
        assertThat(costly).allMatch(told -> told.times == 0);

        commit("a/a/a/b7/a");
        haveTurns();
        assertThat(costly).allMatch(told -> told.times == 1);
    }

    @Test
    void oneWithMuchToLookAtHoldsUpNoOther() {
        Told slow = await(worstPatterns("x"));
        Told other = await("c/**/d");
        for (int i = 0; i < 150; i++) {
            commit(worstTopics());
        }
        commit("c/d");
        int turnsUntilTold = 0;
        for (; other.times == 0; turnsUntilTold++) {
            turns.remove().run();
        }
        assertThat(turnsUntilTold).isLessThanOrEqualTo(4);
        assertThat(haveTurns()).isGreaterThan(4);
        assertThat(slow.times).isZero();
    }

    @Test
    void whoLagsTooFarBehindIsToldWithoutALook() {
        Told told = await(worstPatterns("b"));
        List<Event> events =
                IntStream.range(0, 2_000).mapToObj(i -> event("a/x")).toList();
        waiters.committed(events);
        haveTurns();
        assertThat(told.times).isPositive();
    }

    @Test
    void whatIsTooMuchIsToldToAll() {
        Told told = await("b");
        waiters.committed(Collections.nCopies(40_000, event("a")));
        haveTurns();
        assertThat(told.times).isEqualTo(1);
    }

    @Test
    void whenMatchingFailsAllAreToldAndTheNextEventIsMatched() {
        Set<TopicSelector> broken = Set.of(new RandomNames.Template("a", "", () -> {
            throw new IllegalStateException("broken");
        }));
        waiters.add(new Told(new EventFilter(broken, SelectorSet.ALL_TOPICS), null));
        Told told = await("b");
        commit("a");
        haveTurns();
        assertThat(told.times).isEqualTo(1);
        commit("b");
        haveTurns();
        assertThat(told.times).isEqualTo(2);
    }

    @Test
    void whatOneThrowsIsNotAnothers() {
        waiters.add(new Waiter(Permissions.OPEN.filter(Set.of(TopicPattern.ALL)), null) {
            @Override
            void arrived() {
                throw new IllegalStateException("broken");
            }
        });
        Told told = await("**");
        commit("a");
        haveTurns();
        assertThat(told.times).isEqualTo(1);
    }

    @Test
    void anExecutorThatFailsOnceIsAskedAgain() {
        AtomicInteger failures = new AtomicInteger(1);
        CommitWaiters failing = new CommitWaiters(turn -> {
            if (failures.getAndDecrement() > 0) {
                throw new IllegalStateException("no thread");
            }
            turns.add(turn);
        });
        Told told = new Told(Permissions.OPEN.filter(Set.of(TopicPattern.of("a"))), null);
        failing.add(told);
        assertThat(catchThrown(() -> failing.committed(List.of(event("a"))))).isNotNull();
        failing.committed(List.of(event("b")));
        haveTurns();
        assertThat(told.times).isEqualTo(1);
    }

    private static @Nullable Throwable catchThrown(Runnable task) {
        try {
            task.run();
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    @Test
    void anExecutorThatHasEndedEndsNothingElse() {
        CommitWaiters ended = new CommitWaiters(turn -> {
            throw new RejectedExecutionException();
        });
        ended.add(new Told(EventFilter.ALL, null));
        ended.committed(List.of(event("a")));
        ended.committed(List.of(event("a")));
        assertThat(turns).isEmpty();
    }

    @Test
    void eventsThatAWaiterHasSeenDoNotMisleadIt() {
        commit("a");
        Event seen = event("a", "b/c/d");
        Told light = await(seen.position(), "a");
        Told costly = await(seen.position(), "b/**/d");
        Told elsewhere = await(new Position(2, 1_000), "a");
        waiters.committed(List.of(seen));
        haveTurns();
        assertThat(List.of(light.times, costly.times, elsewhere.times)).containsExactly(0, 0, 1);
        commit("a", "b/c/d");
        haveTurns();
        assertThat(List.of(light.times, costly.times, elsewhere.times)).containsExactly(1, 1, 2);
    }

    @Test
    void nobodyIsMissedWhoeverComesAndGoes() {
        for (int seed = 0; seed < 300; seed++) {
            comeAndGo(new RandomNames(seed));
        }
    }

    /** Each waiter looks as soon as it is told, and waits on: in the end it has looked behind every event that it accepts. */
    private void comeAndGo(RandomNames names) {
        Random random = names.random();
        ArrayDeque<Runnable> queue = new ArrayDeque<>();
        CommitWaiters model = new CommitWaiters(queue::add, 1 + random.nextInt(20_000));
        List<Event> committed = new ArrayList<>();
        List<Looking> looking = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            switch (random.nextInt(6)) {
                case 0 -> {
                    Set<TopicSelector> patterns = Set.copyOf(Stream.generate(names::selector)
                            .limit(1L + random.nextInt(5))
                            .toList());
                    Looking waiter = new Looking(Permissions.OPEN.filter(patterns), committed);
                    looking.add(waiter);
                    model.add(waiter);
                }
                case 1 -> {
                    if (!looking.isEmpty()) {
                        model.remove(looking.remove(random.nextInt(looking.size())));
                    }
                }
                case 2, 3 -> {
                    List<Event> events = Stream.generate(
                                    () -> event(names.topic().name()))
                            .limit(1L + random.nextInt(random.nextInt(20) == 0 ? 400 : 5))
                            .toList();
                    committed.addAll(events);
                    model.committed(events);
                }
                default -> {
                    if (!queue.isEmpty()) {
                        queue.remove().run();
                    }
                }
            }
            assertThat(queue.size()).isLessThanOrEqualTo(1);
        }
        while (!queue.isEmpty()) {
            queue.remove().run();
        }
        assertThat(looking).allMatch(Looking::hasSeenAll);
    }

    private static final class Looking extends Waiter {
        private final List<Event> committed;
        private int looked;

        Looking(EventFilter filter, List<Event> committed) {
            super(filter, null);
            this.committed = committed;
            looked = committed.size();
        }

        @Override
        void arrived() {
            looked = committed.size();
        }

        boolean hasSeenAll() {
            return committed.subList(looked, committed.size()).stream().noneMatch(filter::accepts);
        }
    }
}
