package dev.belfry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.BelfryException.IdempotencyConflict;
import dev.belfry.BelfryException.LogClosed;
import dev.belfry.BelfryException.LogStorage;
import dev.belfry.Chunk;
import dev.belfry.CommitListener;
import dev.belfry.Data;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.Gap;
import dev.belfry.Hub;
import dev.belfry.IdempotencyKey;
import dev.belfry.InMemoryEventLog;
import dev.belfry.LogSettings;
import dev.belfry.Lookup;
import dev.belfry.Notification;
import dev.belfry.Permissions;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.ReadClient;
import dev.belfry.ReadLimits;
import dev.belfry.ReadRoom;
import dev.belfry.Receipt;
import dev.belfry.Registration;
import dev.belfry.Retention;
import dev.belfry.Start;
import dev.belfry.Subscription;
import dev.belfry.Topic;
import dev.belfry.TopicPattern;
import dev.belfry.TopicSelector;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

@Timeout(60)
class HubTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration LONG = Duration.ofHours(1);
    private static final ReadLimits LIMITS = new ReadLimits(100, 1 << 20);

    private final ManualClock clock = new ManualClock();
    private final ForwardingEventLog log = new ForwardingEventLog(open(LogSettings.DEFAULT.withClock(clock)));

    /** One reader thread, so that a task behind the others shows that they are through. */
    private final Hub hub = new Hub(log, 1);

    EventLog open(LogSettings settings) {
        return new InMemoryEventLog(settings);
    }

    @AfterEach
    void close() {
        hub.close();
        log.close();
    }

    // ---- publishing

    @Test
    void publishesWhenSomebodySubscribes() {
        Mono<Receipt> publishing = hub.publish(Notification.of("a", "x"));
        assertThat(log.head().offset()).isZero();

        Receipt receipt = publishing.block(PATIENCE);
        assertThat(receipt).isEqualTo(new Receipt(List.of(log.head()), false));
        assertThat(log.head().offset()).isPositive();
    }

    @Test
    void theReceiptComesFromTheExecutorThatIsGiven() {
        List<Runnable> tasks = new CopyOnWriteArrayList<>();
        CompletableFuture<Receipt> receipt = hub.publish(Publication.of(Notification.of("a", "x")), tasks::add)
                .toFuture();

        await().until(() -> tasks.size() == 1);
        assertThat(receipt).isNotDone();
        tasks.get(0).run();
        assertThat(receipt).isCompletedWithValue(new Receipt(List.of(log.head()), false));
    }

    @Test
    void aPublicationThatIsGivenUpIsCommittedAllTheSame() {
        hub.publish(Notification.of("a", "x")).subscribe().dispose();

        await().until(() -> log.head().offset() > 0);
    }

    @Test
    void saysWhatTheLogRefuses() {
        List<Notification> notifications = List.of(Notification.of("a", "x"));
        hub.publish(new Publication(notifications, IdempotencyKey.of("k", new byte[] {1})))
                .block(PATIENCE);

        hub.publish(new Publication(notifications, IdempotencyKey.of("k", new byte[] {2})))
                .as(StepVerifier::create)
                .expectError(IdempotencyConflict.class)
                .verify(PATIENCE);
    }

    // ---- subscribing in the process

    @Test
    void givesNoMoreThanWasAskedFor() {
        publish("a", 0, 5);

        StepVerifier.create(texts(all(Start.EARLIEST)), 0)
                .thenRequest(1)
                .expectNext("0")
                .then(this::letReadersFinish)
                .thenRequest(2)
                .expectNext("1", "2")
                .then(this::letReadersFinish)
                .thenRequest(2)
                .expectNext("3", "4")
                .thenCancel()
                .verify(PATIENCE);
    }

    @Test
    void losesNothingThatIsPublishedWhileNothingIsAskedFor() {
        publish("a", 0, 1);

        StepVerifier.create(texts(hub.subscribe("**")), 0)
                .then(() -> publish("a", 1, 4))
                .thenRequest(1)
                .expectNext("1")
                .then(() -> publish("a", 4, 6))
                .thenRequest(Long.MAX_VALUE)
                .expectNext("2", "3", "4", "5")
                .then(() -> publish("a", 6, 7))
                .expectNext("6")
                .thenCancel()
                .verify(PATIENCE);
    }

    @Test
    void aSlowSubscriberGetsTenThousandEventsInOrder() {
        CompletableFuture<Void> publisher = CompletableFuture.runAsync(() ->
                IntStream.range(0, 100).forEach(i -> publish("a", 100 * i, 100 * i + 100)));

        StepVerifier.create(texts(all(Start.EARLIEST))
                        .concatMap(text -> Mono.just(text).publishOn(Schedulers.single()), 1)
                        .take(10_000)
                        .collectList())
                .assertNext(received -> assertThat(received).isEqualTo(numbers(0, 10_000)))
                .expectComplete()
                .verify(PATIENCE);
        publisher.join();
    }

    @Test
    void aFastSubscriberGetsTenThousandEventsInOrder() {
        Mono<List<String>> received =
                texts(hub.subscribe("a")).take(10_000).collectList().cache();
        Disposable subscription = received.subscribe();
        IntStream.range(0, 1_000).forEach(i -> publish("a", 10 * i, 10 * i + 10));

        assertThat(received.block(PATIENCE)).isEqualTo(numbers(0, 10_000));
        assertThat(subscription.isDisposed()).isTrue();
    }

    @Test
    void nowIsTheMomentOfTheSubscription() {
        publish("a", 0, 2);

        StepVerifier.create(texts(all(Start.NOW)), 0)
                .then(() -> publish("a", 2, 3))
                .thenRequest(5)
                .expectNext("2")
                .thenCancel()
                .verify(PATIENCE);
    }

    @Test
    void nowIsTheMomentOfTheSubscriptionThoughTheReadersAreBusy() {
        CountDownLatch latch = holdUpReaders();

        StepVerifier.create(texts(all(Start.NOW)))
                .then(() -> publish("a", 0, 1))
                .then(latch::countDown)
                .expectNext("0")
                .thenCancel()
                .verify(PATIENCE);
    }

    @Test
    void beginsAtTheOldest() {
        publish("a", 0, 3);

        expectFirst(Start.EARLIEST, "0", "1", "2");
    }

    @Test
    void beginsBehindAPosition() {
        Position second = publish("a", 0, 4).positions().get(1);

        expectFirst(new Start.After(second), "2", "3");
        expectFirst(new Start.After(log.beforeOldest()), "0", "1", "2", "3");
    }

    @Test
    void beginsBehindATime() {
        publish("a", 0, 2);
        Instant time = clock.instant();
        clock.set(time.plusMillis(1));
        publish("a", 2, 3);

        expectFirst(new Start.Since(time), "2");
        expectFirst(new Start.Since(time.minusMillis(1)), "0", "1", "2");
        expectFirst(new Start.Since(time.plusMillis(1)));
    }

    /** What there is, and then what comes. */
    private void expectFirst(Start start, String... texts) {
        StepVerifier.create(texts(all(start)))
                .expectNext(texts)
                .then(() -> publish("a", 99, 100))
                .expectNext("99")
                .thenCancel()
                .verify(PATIENCE);
        clock.set(clock.instant().plusMillis(1));
    }

    @Test
    void aCursorThatCannotBeResumedFromIsAGapInFrontOfTheRest() {
        publish("a", 0, 2);
        Position unknown = new Position(log.epoch() + 1, 7);
        String json = "{\"requested\":\"%s\",\"oldest\":\"%s\",\"head\":\"%s\",\"reason\":\"unknown-epoch\"}"
                .formatted(unknown, log.oldest(), log.head());

        StepVerifier.create(hub.subscribe(new Subscription(filter("a"), new Start.After(unknown))), 1)
                .assertNext(gap -> {
                    assertThat(gap.event()).isEqualTo("belfry.gap").isEqualTo(Gap.EVENT);
                    assertThat(gap.data()).hasToString(json);
                    assertThat(gap.data().isJson()).isTrue();
                    assertThat(gap.position()).isEqualTo(log.beforeOldest());
                })
                .thenRequest(5)
                .expectNextMatches(event -> event.data().toString().equals("0"))
                .expectNextMatches(event -> event.data().toString().equals("1"))
                .thenCancel()
                .verify(PATIENCE);
    }

    @Test
    void aGapIsOfTheTimeOfTheLogsClock() {
        clock.advance(Duration.ofDays(400));

        StepVerifier.create(hub.subscribe(
                        new Subscription(filter("a"), new Start.After(log.head().plus(5)))))
                .assertNext(gap -> assertThat(gap.time()).isEqualTo(clock.instant()))
                .thenCancel()
                .verify(PATIENCE);
        assertThat(hub.clock()).isSameAs(clock);
    }

    @Test
    void theEarliestIsShownAsThePlaceBeforeTheOldest() {
        Position earliest = hub.resolve(Start.EARLIEST);
        Position last = publish("a", 0, 3).last();

        assertThat(hub.shown(earliest)).isEqualTo(log.beforeOldest());
        assertThat(hub.shown(last)).isEqualTo(last);
    }

    /** Retention overtakes the reader between the moment at which the start is resolved and the read. */
    @Test
    void whoBeginsAtTheOldestIsToldOfNoGap() {
        Retention two = new Retention(Duration.ofDays(1), Long.MAX_VALUE, 2);
        try (EventLog small = open(LogSettings.DEFAULT.withRetention(two));
                Hub smallHub = new Hub(small, 1)) {
            smallHub.publish(Publication.of(notifications(0, 5))).block(PATIENCE);
            Position from = smallHub.resolve(Start.EARLIEST);
            smallHub.publish(Publication.of(notifications(5, 10))).block(PATIENCE);
            await().until(() -> small.status().keptEvents() == 2);

            assertThat(small.read(EventFilter.ALL, from, LIMITS).gap()).isNull();
            StepVerifier.create(smallHub.subscribe(new Subscription(EventFilter.ALL, Start.EARLIEST)))
                    .expectNextMatches(event -> event.data().toString().equals("8"))
                    .expectNextMatches(event -> event.data().toString().equals("9"))
                    .thenCancel()
                    .verify(PATIENCE);
        }
    }

    @Test
    void aGapIsSaidThoughNothingMatchesYet() {
        StepVerifier.create(texts(hub.subscribe(new Subscription(
                        filter("wanted"), new Start.After(log.head().plus(5))))))
                .expectNextMatches(text -> text.contains("\"beyond-end\""))
                .then(() -> publish("other", 0, 1))
                .then(() -> publish("wanted", 1, 2))
                .expectNext("1")
                .thenCancel()
                .verify(PATIENCE);
    }

    @Test
    void eachSubscriberGetsWhatMatchesAndMayBeRead() {
        Flux<String> orders =
                texts(hub.subscribe("orders/*", "orders/**")).replay().autoConnect(0);
        Flux<String> granted = texts(hub.subscribe(
                        new Subscription(new EventFilter(patterns("**"), patterns("users/7")), Start.NOW)))
                .replay()
                .autoConnect(0);
        Flux<String> open = texts(
                        hub.subscribe(new Subscription(new EventFilter(patterns("**"), patterns()), Start.NOW)))
                .replay()
                .autoConnect(0);

        publish(false, "order", "orders/1");
        publish(false, "user", "users/7");
        publish(false, "both", "orders/2", "users/7");
        publish(true, "public", "news");
        publish(true, "end", "orders/3");

        assertThat(untilEnd(orders)).containsExactly("order", "both", "end");
        assertThat(untilEnd(granted)).containsExactly("user", "both", "public", "end");
        assertThat(untilEnd(open)).containsExactly("public", "end");
    }

    private static List<String> untilEnd(Flux<String> texts) {
        return texts.takeUntil("end"::equals).collectList().block(PATIENCE);
    }

    @Test
    void aSubscriberThatAsksForNothingHoldsUpNobody() {
        StepVerifier idle =
                StepVerifier.create(hub.subscribe("**"), 0).thenCancel().verifyLater();
        Mono<List<String>> other =
                texts(hub.subscribe("**")).take(1_000).collectList().cache();
        other.subscribe();

        publish("a", 0, 1_000);

        assertThat(other.block(PATIENCE)).isEqualTo(numbers(0, 1_000));
        idle.verify(PATIENCE);
    }

    @Test
    void afterACancelTheLogIsNotReadAnyMore() {
        StepVerifier.create(texts(hub.subscribe("a")))
                .then(() -> publish("a", 0, 1))
                .expectNext("0")
                .thenCancel()
                .verify(PATIENCE);
        letReadersFinish();
        int reads = log.reads();

        publish("a", 1, 2);
        letReadersFinish();

        assertThat(log.reads()).isEqualTo(reads);
    }

    @Test
    void aCancelWithinAChunkEndsItThere() {
        publish("a", 0, 100);
        List<String> received = new ArrayList<>();

        texts(all(Start.EARLIEST)).doOnNext(received::add).take(3).blockLast(PATIENCE);
        letReadersFinish();

        assertThat(received).containsExactly("0", "1", "2");
    }

    @Test
    void aSubscriberIsNotWokenByWhatItDoesNotGet() {
        StepVerifier.create(texts(hub.subscribe("wanted")))
                .then(this::letReadersFinish)
                .then(() -> {
                    int reads = log.reads();
                    publish("other", 0, 100);
                    letReadersFinish();
                    assertThat(log.reads()).isEqualTo(reads);
                })
                .then(() -> publish("wanted", 100, 101))
                .expectNext("100")
                .thenCancel()
                .verify(PATIENCE);
    }

    @Test
    void drainingCompletesSubscriptions() {
        StepVerifier.create(texts(hub.subscribe("**")))
                .then(() -> publish("a", 0, 1))
                .expectNext("0")
                .then(hub::drain)
                .expectComplete()
                .verify(PATIENCE);
        StepVerifier.create(hub.subscribe("**"), 0)
                .then(hub::drain)
                .expectComplete()
                .verify(PATIENCE);
        StepVerifier.create(hub.draining()).expectComplete().verify(PATIENCE);
    }

    @Test
    void aDrainedHubRefusesPublications() {
        Mono<Receipt> assembledBefore = hub.publish(Notification.of("a", "x"));
        hub.drain();

        StepVerifier.create(assembledBefore).expectError(LogClosed.class).verify(PATIENCE);
        assertThat(log.head().offset()).isZero();
    }

    @Test
    void aLogThatIsClosedEndsSubscriptionsWithItsError() {
        publish("a", 0, 1);

        StepVerifier.create(texts(all(Start.EARLIEST)), 1)
                .expectNext("0")
                .then(this::letReadersFinish)
                .then(log::close)
                .thenRequest(1)
                .expectError(LogClosed.class)
                .verify(PATIENCE);
    }

    @Test
    void aHubThatIsClosedLeavesNoListenerInItsLog() {
        AtomicInteger listeners = new AtomicInteger();
        EventLog counting = new ForwardingEventLog(log) {
            @Override
            public Registration onCommit(CommitListener listener) {
                listeners.incrementAndGet();
                Registration registration = super.onCommit(listener);
                return () -> {
                    listeners.decrementAndGet();
                    registration.close();
                };
            }
        };

        Hub other = new Hub(counting, 1);
        assertThat(listeners).hasValue(1);
        other.close();

        assertThat(listeners).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void aRequestForLessThanOneEventEndsTheSubscriptionWithAnError(long request) {
        publish("a", 0, 3);
        List<String> received = new CopyOnWriteArrayList<>();
        AtomicReference<Throwable> error = new AtomicReference<>();
        AtomicInteger ends = new AtomicInteger();
        all(Start.EARLIEST).subscribe(new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
                subscription.request(1);
            }

            @Override
            protected void hookOnNext(Event event) {
                received.add(event.data().toString());
                upstream().request(request);
            }

            @Override
            protected void hookOnError(Throwable throwable) {
                error.set(throwable);
            }

            @Override
            protected void hookFinally(SignalType type) {
                ends.incrementAndGet();
            }
        });

        await().untilAsserted(() -> assertThat(error.get()).isInstanceOf(IllegalArgumentException.class));
        letReadersFinish();
        assertThat(received).containsExactly("0");
        assertThat(ends).hasValue(1);
        int reads = log.reads();
        publish("a", 3, 4);
        letReadersFinish();
        assertThat(log.reads()).isEqualTo(reads);
    }

    @Test
    void whatSeveralThreadsAskForComesInOrderAndNeverMoreOfIt() {
        int all = 3_000;
        AtomicLong asked = new AtomicLong();
        AtomicInteger received = new AtomicInteger();
        AtomicReference<String> wrong = new AtomicReference<>();
        BaseSubscriber<Event> subscriber = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {}

            @Override
            protected void hookOnNext(Event event) {
                int number = received.getAndIncrement();
                if (!event.data().toString().equals("" + number) || number >= asked.get()) {
                    wrong.compareAndSet(null, event.data() + " as number " + number + " of " + asked);
                }
            }
        };
        all(Start.EARLIEST).subscribe(subscriber);
        List<CompletableFuture<Void>> askers = IntStream.range(0, 3)
                .mapToObj(i -> CompletableFuture.runAsync(
                        () -> {
                            for (int n = 0; n < all / 3; n++) {
                                asked.incrementAndGet();
                                subscriber.request(1);
                            }
                        },
                        task -> new Thread(task).start()))
                .toList();
        IntStream.range(0, all / 100).forEach(i -> publish("a", 100 * i, 100 * i + 100));
        askers.forEach(CompletableFuture::join);

        await().until(() -> received.get() == all || wrong.get() != null);
        assertThat(wrong).hasNullValue();
        letReadersFinish();
        assertThat(received).hasValue(all);
        subscriber.cancel();
    }

    // ---- polling

    @Test
    void aPollAnswersAtOnceWhenThereIsSomething() {
        publish("other", 0, 1);
        Position wanted = publish("wanted", 1, 2).first();
        publish("other", 2, 3);

        Chunk chunk = poll("wanted", Start.EARLIEST, LONG).block(PATIENCE);

        assertThat(chunk.events()).extracting(Event::position).containsExactly(wanted);
        assertThat(chunk.next()).isEqualTo(log.head());
        assertThat(chunk.headReached()).isTrue();
    }

    @Test
    void aPollWithoutAWaitAnswersAtOnceThoughThereIsNothing() {
        publish("other", 0, 1);

        assertThat(poll("wanted", Start.EARLIEST, Duration.ZERO).block(PATIENCE))
                .isEqualTo(new Chunk(List.of(), log.head(), true, null));
    }

    @Test
    void aPollWaitsAndIsWokenByWhatItGetsOnly() {
        CompletableFuture<Chunk> waiting = awaitWaiting(poll("wanted", Start.NOW, LONG));
        int reads = log.reads();

        publish("other", 0, 1);
        letReadersFinish();
        assertThat(log.reads()).isEqualTo(reads);
        assertThat(waiting).isNotDone();
        publish("wanted", 1, 2);

        assertThat(answer(waiting).events()).extracting(Event::position).containsExactly(log.head());
        assertThat(answer(waiting).next()).isEqualTo(log.head());
    }

    @Test
    void aPollIsNotWokenByWhatItMayNotRead() {
        Subscription subscription = new Subscription(new EventFilter(patterns("**"), patterns("users/7")), Start.NOW);
        CompletableFuture<Chunk> waiting = awaitWaiting(hub.poll(subscription, LIMITS, LONG));
        int reads = log.reads();

        publish(false, "private", "users/8");
        letReadersFinish();
        assertThat(log.reads()).isEqualTo(reads);
        publish(true, "public", "users/8");

        assertThat(answer(waiting).events())
                .extracting(event -> event.data().toString())
                .containsExactly("public");
    }

    @Test
    void aPollGivesAnEmptyChunkWhenItsWaitIsOver() {
        publish("other", 0, 1);

        assertThat(poll("wanted", Start.EARLIEST, Duration.ofMillis(20)).block(PATIENCE))
                .isEqualTo(new Chunk(List.of(), log.head(), true, null));
    }

    @Test
    void aPollThatIsGivenUpLeavesNothingBehind() {
        CompletableFuture<Chunk> waiting = awaitWaiting(poll("wanted", Start.NOW, LONG));
        waiting.cancel(true);
        int reads = log.reads();

        publish("wanted", 0, 1);
        letReadersFinish();

        assertThat(log.reads()).isEqualTo(reads);
    }

    @Test
    void aPollSaysAGapAtOnce() {
        Position beyond = log.head().plus(7);

        Chunk chunk = poll("wanted", new Start.After(beyond), LONG).block(PATIENCE);

        assertThat(chunk.gap()).isEqualTo(new Gap(beyond, log.oldest(), log.head(), Gap.Reason.BEYOND_END));
        assertThat(chunk.events()).isEmpty();
        assertThat(chunk.next()).isEqualTo(log.beforeOldest());
    }

    @Test
    void aPollKeepsToItsLimits() {
        publish("a", 0, 5);
        Subscription subscription = new Subscription(filter("a"), Start.EARLIEST);

        Chunk chunk = hub.poll(subscription, new ReadLimits(2, 1 << 20), LONG).block(PATIENCE);

        assertThat(chunk.events()).hasSize(2);
        assertThat(chunk.headReached()).isFalse();
    }

    @Test
    void drainingEndsAWaitWithAnEmptyChunk() {
        CompletableFuture<Chunk> waiting = awaitWaiting(poll("wanted", Start.NOW, LONG));

        hub.drain();

        assertThat(answer(waiting)).isEqualTo(new Chunk(List.of(), log.head(), true, null));
    }

    @Test
    void closingEndsAWaitThoughTheReadersAreBusy() {
        CompletableFuture<Chunk> waiting = awaitWaiting(poll("wanted", Start.NOW, LONG));
        CountDownLatch latch = holdUpReaders();

        hub.close();
        latch.countDown();

        assertThat(answer(waiting).events()).isEmpty();
    }

    @Test
    void pollsOneBehindTheOtherMissNothing() {
        Start start = new Start.After(log.head());
        CompletableFuture<Void> publisher = CompletableFuture.runAsync(() ->
                IntStream.range(0, 1_000).forEach(i -> publish(i % 3 == 0 ? "wanted" : "other", i, i + 1)));
        List<String> received = new ArrayList<>();
        while (received.size() < 334) {
            Chunk chunk = poll("wanted", start, LONG).block(PATIENCE);
            chunk.events().forEach(event -> received.add(event.data().toString()));
            start = new Start.After(chunk.next());
        }

        assertThat(received)
                .isEqualTo(IntStream.range(0, 334).mapToObj(i -> "" + 3 * i).toList());
        publisher.join();
    }

    // ---- turns

    /** Looks at one event a turn, however many there are. */
    private static final class SlowLog extends ForwardingEventLog {
        private volatile Runnable onRead = () -> {};

        SlowLog(EventLog log) {
            super(log);
        }

        @Override
        public Chunk read(EventFilter filter, Position after, ReadLimits limits) {
            onRead.run();
            return super.read(filter, after, new ReadLimits(limits.maxEvents(), limits.maxBytes(), 1, 0));
        }
    }

    private void withSlowHub(BiConsumer<SlowLog, Hub> test) {
        SlowLog slow = new SlowLog(log);
        try (Hub slowHub = new Hub(slow, 1)) {
            test.accept(slow, slowHub);
        }
    }

    private static Mono<Chunk> pollFor(Hub hub, String pattern, Start start) {
        return hub.poll(new Subscription(filter(pattern), start), LIMITS, LONG);
    }

    @Test
    void aPollThatFindsNothingSaysHowFarItHasGotAndTheNextOneGoesOn() {
        List<Position> all = publish("other", 0, 250).positions();
        Position wanted = publish("wanted", 250, 251).first();
        withSlowHub((slow, slowHub) -> {
            Chunk first = pollFor(slowHub, "wanted", Start.EARLIEST).block(PATIENCE);
            assertThat(first).isEqualTo(new Chunk(List.of(), all.get(99), false, null));
            assertThat(slow.reads()).isEqualTo(100);
            Chunk second =
                    pollFor(slowHub, "wanted", new Start.After(first.next())).block(PATIENCE);
            assertThat(second.next()).isEqualTo(all.get(199));
            Chunk third =
                    pollFor(slowHub, "wanted", new Start.After(second.next())).block(PATIENCE);
            assertThat(third.events()).extracting(Event::position).containsExactly(wanted);
        });
    }

    @Test
    void aPollThatHasFoundSomethingDoesNotLookForTheRestForLong() {
        publish("wanted", 0, 1);
        publish("other", 1, 100);
        withSlowHub((slow, slowHub) -> {
            Chunk chunk = pollFor(slowHub, "wanted", Start.EARLIEST).block(PATIENCE);
            assertThat(chunk.events()).hasSize(1);
            assertThat(chunk.headReached()).isFalse();
            assertThat(slow.reads()).isEqualTo(5);
        });
    }

    @Test
    void aPollPutsTogetherWhatItsTurnsFind() {
        publish("wanted", 0, 4);
        withSlowHub((slow, slowHub) -> assertThat(pollFor(slowHub, "wanted", Start.EARLIEST)
                        .block(PATIENCE)
                        .events())
                .extracting(event -> event.data().toString())
                .containsExactly("0", "1", "2", "3"));
    }

    @Test
    void aPollThatIsGivenUpHasNoTurnAnyMore() {
        publish("other", 0, 90);
        withSlowHub((slow, slowHub) -> {
            AtomicReference<Disposable> poll = new AtomicReference<>();
            slow.onRead = () -> {
                if (slow.reads() == 10) {
                    poll.get().dispose();
                }
            };
            CountDownLatch latch = new CountDownLatch(1);
            slowHub.readers().execute(() -> awaitUninterruptibly(latch));
            poll.set(pollFor(slowHub, "wanted", Start.EARLIEST).subscribe());
            latch.countDown();

            await().until(() -> slowHub.readers().underWay() == 0);
            assertThat(slow.reads()).isEqualTo(11);
        });
    }

    @Test
    void aPollThatComesBehindAHundredLongSearchesIsAnsweredFirst() {
        publish("other", 0, 90);
        withSlowHub((slow, slowHub) -> {
            CountDownLatch latch = new CountDownLatch(1);
            slow.onRead = () -> {
                if (slow.reads() == 300) {
                    awaitUninterruptibly(latch);
                }
            };
            CountDownLatch allAsked = new CountDownLatch(1);
            slowHub.readers().execute(() -> awaitUninterruptibly(allAsked));
            List<CompletableFuture<Chunk>> searches = IntStream.range(0, 100)
                    .mapToObj(i -> poll(slowHub, "stranger " + i % 7, "wanted", Start.EARLIEST)
                            .toFuture())
                    .toList();
            allAsked.countDown();
            await().until(() -> slow.reads() == 300);
            AtomicInteger readsThen = new AtomicInteger();
            Start nearHead = new Start.After(log.head().before());
            CompletableFuture<Chunk> honest = poll(slowHub, "honest", "other", nearHead)
                    .doOnNext(chunk -> readsThen.set(slow.reads()))
                    .toFuture();
            latch.countDown();

            assertThat(answer(honest).events()).hasSize(1);
            assertThat(readsThen).hasValueLessThan(304);
            searches.forEach(search -> assertThat(answer(search).next()).isEqualTo(log.head()));
        });
    }

    private static Mono<Chunk> poll(Hub hub, String client, String pattern, Start start) {
        return hub.poll(new ReadClient(client), new Subscription(filter(pattern), start), LIMITS, Duration.ZERO);
    }

    @Test
    void aLogThatThrowsAnErrorIsAnErrorOfThePollAndTheReadersGoOn() {
        withSlowHub((slow, slowHub) -> {
            slow.onRead = () -> {
                slow.onRead = () -> {};
                throw new OutOfMemoryError("thrown on purpose");
            };
            StepVerifier.create(pollFor(slowHub, "wanted", Start.EARLIEST))
                    .expectError(LogStorage.class)
                    .verify(PATIENCE);
            publish("wanted", 0, 1);
            assertThat(pollFor(slowHub, "wanted", Start.EARLIEST)
                            .block(PATIENCE)
                            .events())
                    .hasSize(1);
        });
    }

    @Test
    void aTaskThatThrowsEndsNoReaderThread() {
        for (int i = 0; i < 3; i++) {
            hub.readers().execute(() -> {
                throw new StackOverflowError("thrown on purpose");
            });
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        hub.readers().execute(() -> done.complete(null));
        done.orTimeout(10, TimeUnit.SECONDS).join();
    }

    @Test
    void whatFailsForGoodIsToldOnceAndKept() {
        List<String> told = new CopyOnWriteArrayList<>();
        try (Hub failing = new Hub(log, (what, cause) -> told.add(what))) {
            assertThat(failing.hasFailed()).isFalse();
            failing.fail("event loop", new OutOfMemoryError("thrown on purpose"));
            failing.fail("another", new OutOfMemoryError("thrown on purpose"));
            assertThat(failing.hasFailed()).isTrue();
        }
        assertThat(told).containsExactly("event loop");
    }

    // ---- what the tests are made of

    /** The log's writer thread has publishers to answer: others find out whose an event is. */
    @Test
    void theWriterThreadMatchesForNobodyWhoWaits() {
        Set<String> threads = ConcurrentHashMap.newKeySet();
        Set<TopicSelector> noting =
                Set.of(new NotingSelector(threads), TopicPattern.of("wanted/**/x"), TopicPattern.of("wanted/**/y"));
        Subscription subscription = new Subscription(new EventFilter(noting, patterns("**")), Start.NOW);
        CompletableFuture<Chunk> waiting = awaitWaiting(hub.poll(subscription, LIMITS, LONG));
        Disposable flux = hub.subscribe(subscription).subscribe();
        letReadersFinish();
        publish(false, "no", "wanted/not");
        publish(false, "yes", "wanted/y");
        assertThat(waiting.orTimeout(10, TimeUnit.SECONDS).join().events()).hasSize(1);
        letReadersFinish();
        flux.dispose();
        assertThat(threads).isNotEmpty().allMatch(name -> name.startsWith("belfry-read-"));
    }

    private record NotingSelector(Set<String> threads) implements TopicSelector {
        @Override
        public String name() {
            return "noting";
        }

        @Override
        public boolean matches(Topic topic) {
            threads.add(Thread.currentThread().getName());
            return false;
        }

        @Override
        public String literalPrefix() {
            return "";
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

    private Mono<Chunk> poll(String pattern, Start start, Duration wait) {
        return hub.poll(new Subscription(filter(pattern), start), LIMITS, wait);
    }

    /** Begins a poll that finds nothing, and waits until it has entered itself and looked a second time. */
    private CompletableFuture<Chunk> awaitWaiting(Mono<Chunk> poll) {
        int reads = log.reads();
        CompletableFuture<Chunk> waiting = poll.toFuture();
        await().until(() -> log.reads() == reads + 2);
        letReadersFinish();
        assertThat(waiting).isNotDone();
        return waiting;
    }

    private static Chunk answer(CompletableFuture<Chunk> waiting) {
        return Mono.fromFuture(waiting).block(PATIENCE);
    }

    private Flux<Event> all(Start start) {
        return hub.subscribe(new Subscription(EventFilter.ALL, start));
    }

    private static Flux<String> texts(Flux<Event> events) {
        return events.map(event -> event.data().toString());
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    private Receipt publish(String topic, int from, int to) {
        Notification[] notifications =
                numbers(from, to).stream().map(n -> Notification.of(topic, n)).toArray(Notification[]::new);
        return hub.publish(Publication.of(notifications)).block(PATIENCE);
    }

    private static Notification[] notifications(int from, int to) {
        return numbers(from, to).stream().map(n -> Notification.of("a", n)).toArray(Notification[]::new);
    }

    private void publish(boolean isPublic, String text, String... topics) {
        List<Topic> list = Stream.of(topics).map(Topic::new).toList();
        hub.publish(new Notification(list, "e", Data.text(text), isPublic, null))
                .block(PATIENCE);
    }

    private static EventFilter filter(String pattern) {
        return new EventFilter(patterns(pattern), patterns("**"));
    }

    // ---- one event

    private static final Permissions OF_MINE =
            new Permissions("me", Set.of(), Set.of(TopicPattern.of("mine/**")), null);

    private Lookup find(Permissions permissions, Position id) {
        return hub.find(ReadClient.LOCAL, permissions, id, ReadRoom.ANY).block(PATIENCE);
    }

    @Test
    void findsAnEventByItsIdAndNoOther() {
        Position first = append("a", "first");
        Position second = append("b", "second");

        assertThat(find(Permissions.OPEN, first).event().data()).isEqualTo(Data.text("first"));
        assertThat(find(Permissions.OPEN, second).event().data()).isEqualTo(Data.text("second"));
        assertThat(find(Permissions.OPEN, second.plus(1))).isEqualTo(new Lookup(null, true));
        assertThat(find(Permissions.OPEN, second.plus(1_000_000))).isEqualTo(new Lookup(null, true));
        for (Position hole = first.plus(1); !hole.equals(second); hole = hole.plus(1)) {
            assertThat(find(Permissions.OPEN, hole)).isEqualTo(new Lookup(null, true));
        }
    }

    @Test
    void anEventOfOthersIsFoundAsLittleAsNone() {
        Position mine = append("mine/1", "x");
        Position theirs = append("theirs", "x");
        Position open = log.append(
                        Publication.of(new Notification(List.of(new Topic("theirs")), "e", Data.text("x"), true, null)))
                .join()
                .first();

        assertThat(find(OF_MINE, mine).event()).isNotNull();
        assertThat(find(OF_MINE, open).event()).isNotNull();
        assertThat(find(OF_MINE, theirs)).isEqualTo(find(OF_MINE, open.plus(1)));
    }

    @Test
    void whatIsGoneIsNotFoundAndWhatIsOfAnotherLogIsSaidToBe() {
        Position dead = log.append(Publication.of(
                        new Notification(List.of(new Topic("a")), "e", Data.text("x"), false, Duration.ofSeconds(1))))
                .join()
                .first();
        Position kept = append("a", "x");
        clock.advance(Duration.ofSeconds(2));

        assertThat(find(Permissions.OPEN, dead)).isEqualTo(new Lookup(null, true));
        assertThat(find(Permissions.OPEN, kept).event()).isNotNull();
        assertThat(find(Permissions.OPEN, new Position(kept.epoch() + 1, kept.offset())))
                .isEqualTo(new Lookup(null, false));
        hub.close();
        assertThat(hub.find(ReadClient.LOCAL, Permissions.OPEN, kept, ReadRoom.ANY)
                        .onErrorComplete(LogClosed.class)
                        .block(PATIENCE))
                .isNull();
    }

    private Position append(String topic, String text) {
        return log.append(Publication.of(Notification.of(topic, text))).join().first();
    }

    private static Set<TopicSelector> patterns(String... names) {
        return Stream.of(names).map(TopicPattern::of).collect(Collectors.toSet());
    }

    /** Waits until the one reader thread has done what it was given; a task may have given it one more. */
    private void letReadersFinish() {
        await().until(() -> hub.readers().underWay() == 0);
    }

    private CountDownLatch holdUpReaders() {
        CountDownLatch latch = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        hub.readers().execute(() -> {
            held.countDown();
            awaitUninterruptibly(latch);
        });
        awaitUninterruptibly(held);
        return latch;
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
