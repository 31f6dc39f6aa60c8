package dev.belfry.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.InMemoryEventLog;
import dev.belfry.LogSettings;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.ReadLimits;
import dev.belfry.Topic;
import dev.belfry.testkit.LeakProbe;
import io.netty.channel.epoll.Epoll;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Subscribers that join anywhere in a storm of commits, whose sockets take bytes as they please and whose filters change,
 * against a plain list of what was published: each gets what its filters accept, once and in order, and the bytes are those of the
 * encoder. So it is over channels, sockets and HTTP/2 streams, with every optimization and without.
 */
class ShardModelTest {
    private static final Integer ROUNDS = Integer.getInteger("belfry.rounds");
    private static final List<String> TOPICS = List.of("a", "b", "a/b", "a/c", "b/c", "a/b/c", "x");
    private static final List<String> PATTERNS = List.of(
            "**",
            "*",
            "a",
            "a/*",
            "a/**",
            "**/c",
            "x",
            "b/**",
            "none",
            "a/**/c",
            "**/b/**",
            "*/**/c",
            "**/a/**/b",
            "*/*/*");
    private static final Map<String, Pattern> REGEXES = new ConcurrentHashMap<>();

    /** What the same model runs on, and for how many rounds unless {@code -Dbelfry.rounds} says more. */
    @SuppressWarnings("ImmutableEnumChecker") // suppliers without state
    enum Form {
        CHANNELS(30, TapTransport::new, InMemoryEventLog::new, true, Optimizations.ALL),
        OFFSETS_WITH_HOLES(
                10,
                TapTransport::new,
                () -> InMemoryEventLog.withHoles(LogSettings.DEFAULT, 7),
                true,
                Optimizations.ALL),
        WITHOUT_GROUPS(8, TapTransport::new, InMemoryEventLog::new, true, new Optimizations(false, true, true)),
        WITHOUT_SHARED_CHUNKS(8, TapTransport::new, InMemoryEventLog::new, true, new Optimizations(true, false, true)),
        WITHOUT_TAIL(8, TapTransport::new, InMemoryEventLog::new, true, new Optimizations(true, true, false)),
        WITHOUT_ANY(8, TapTransport::new, InMemoryEventLog::new, false, Optimizations.NONE),
        SOCKETS(15, SocketTransport::new, InMemoryEventLog::new, true, Optimizations.ALL),
        SOCKETS_WITHOUT_DIRECT_WRITES(5, SocketTransport::new, InMemoryEventLog::new, false, Optimizations.ALL),
        HTTP2(12, Http2Transport::new, InMemoryEventLog::new, true, Optimizations.ALL),
        HTTP2_WITHOUT_DIRECT_WRITES(5, Http2Transport::new, InMemoryEventLog::new, false, Optimizations.ALL);

        private final int rounds;
        private final Supplier<TestTransport> transport;
        private final Supplier<EventLog> log;
        private final boolean directWrites;
        private final Optimizations optimizations;

        Form(
                int rounds,
                Supplier<TestTransport> transport,
                Supplier<EventLog> log,
                boolean directWrites,
                Optimizations optimizations) {
            this.rounds = rounds;
            this.transport = transport;
            this.log = log;
            this.directWrites = directWrites;
            this.optimizations = optimizations;
        }

        boolean usesSockets() {
            return name().startsWith("SOCKETS") || name().startsWith("HTTP2");
        }

        StreamSettings settings() {
            StreamSettings d = StreamSettings.DEFAULT;
            return new StreamSettings(d.heartbeat(), d.retry(), d.writeStall(), d.maxConnections(), directWrites);
        }
    }

    /** A filter, and what of the log went through it. */
    private record Stretch(EventFilter filter, Position after, Position upTo) {}

    /** A subscriber, and what it should have got until its filter changed for the last time. */
    private static final class Reader {
        final TestTransport.Line line;
        final Subscriber subscriber;
        final TestFormat format;
        final List<Stretch> before = new ArrayList<>();
        EventFilter filter;
        Position after;

        Reader(TestTransport.Line line, Subscriber subscriber, TestFormat format, EventFilter filter, Position after) {
            this.line = line;
            this.subscriber = subscriber;
            this.format = format;
            this.filter = filter;
            this.after = after;
        }
    }

    @AfterAll
    static void nothingHasLeaked() {
        LeakProbe.assertNoLeaks();
    }

    /** All, or the one of a failure that is to be seen again. */
    static Stream<Form> forms() {
        String form = System.getProperty("belfry.form");
        return form == null ? Stream.of(Form.values()) : Stream.of(Form.valueOf(form));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void everySubscriberGetsItsEventsOnceAndInOrder(Form form) {
        assumeTrue(Epoll.isAvailable() || !form.usesSockets());
        int rounds = ROUNDS == null ? form.rounds : ROUNDS;
        long first = Long.getLong("belfry.seed", System.nanoTime() & 0xFFFFFF);
        System.out.println("form=" + form + " seed=" + first);
        try (TestTransport transport = form.transport.get()) {
            for (long seed = first; seed < first + rounds; seed++) {
                run(form, transport, seed);
            }
        }
    }

    private static void run(Form form, TestTransport transport, long seed) {
        try (Round round = new Round(form, transport, seed)) {
            round.run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("-Dbelfry.rounds=1 -Dbelfry.form=" + form + " -Dbelfry.seed=" + seed, e);
        }
    }

    private static final class Round implements AutoCloseable {
        private final Random random;
        private final Form form;
        private final TestTransport transport;
        private final TestShard test;
        private final Position start;
        private final List<Event> published = new ArrayList<>();
        private final List<Reader> readers = new ArrayList<>();
        private final List<Reader> gone = new ArrayList<>();

        Round(Form form, TestTransport transport, long seed) {
            this.form = form;
            this.transport = transport;
            random = new Random(seed);
            // most dispatches take several turns, between which subscribers come, go and change
            int turnDeliveries = random.nextInt(3) == 0 ? Shard.TURN_DELIVERIES : 2 + random.nextInt(3);
            test = new TestShard(
                    form.log.get(), form.settings(), turnDeliveries, form.optimizations, transport.loop(), false);
            start = test.log.head();
        }

        void run() {
            int steps = 15 + random.nextInt(25);
            for (int i = 0; i < steps; i++) {
                switch (random.nextInt(9)) {
                    case 0, 1, 2 -> publish();
                    case 3 -> join();
                    case 7 -> actBetweenTurns();
                    case 4 -> eachOrOne(reader -> reader.line.open(random.nextInt(5000)));
                    case 5 -> eachOrOne(reader -> reader.line.shut());
                    case 6 -> eachOrOne(this::changeFilter);
                    default -> leave();
                }
            }
            for (Reader reader : readers) {
                test.run(() -> reader.line.open(Long.MAX_VALUE));
            }
            publish();
            readers.forEach(this::check);
        }

        private void publish() {
            Notification[] batch = IntStream.range(0, 1 + random.nextInt(random.nextInt(20) == 0 ? 700 : 10))
                    .mapToObj(i -> notification())
                    .toArray(Notification[]::new);
            test.publish(batch);
            Position last = published.isEmpty()
                    ? start
                    : published.get(published.size() - 1).position();
            published.addAll(test.log
                    .read(EventFilter.ALL, last, new ReadLimits(batch.length, Integer.MAX_VALUE))
                    .events());
        }

        private Notification notification() {
            List<Topic> topics = random.ints(1 + random.nextInt(2), 0, TOPICS.size())
                    .mapToObj(i -> new Topic(TOPICS.get(i)))
                    .toList();
            Notification plain =
                    Notification.of("a", "x".repeat(random.nextInt(random.nextInt(20) == 0 ? 30_000 : 200)));
            return new Notification(topics, "e", plain.data(), random.nextBoolean(), null);
        }

        private void join() {
            TestTransport.Line line = transport.connect(random);
            if (random.nextBoolean()) {
                line.shut();
                line.open(random.nextInt(3000));
            }
            test.run(() -> join(line, filter(), format(), anyPosition()));
        }

        /** On the event loop. */
        private void join(TestTransport.Line line, EventFilter filter, TestFormat format, Position from) {
            Subscriber subscriber = test.begin(line.channel(), filter, format, from);
            assertThat(subscriber.writes())
                    .isEqualTo(form.directWrites ? transport.directWriter() : PipelineWriter.class);
            readers.add(new Reader(line, subscriber, format, filter, from));
        }

        private TestFormat format() {
            return transport.formats().get(random.nextInt(transport.formats().size()));
        }

        // ---- between the turns of a dispatch

        /**
         * A group of some members, which takes several turns to serve, and after each of these something that changes who is in
         * which place of it.
         */
        private void actBetweenTurns() {
            EventFilter filter = random.nextInt(4) == 0 ? filter() : EventFilter.ALL;
            TestFormat format = format();
            for (int i = 3 + random.nextInt(4); i > 0; i--) {
                TestTransport.Line line = transport.connect(random);
                test.run(() -> join(line, filter, format, test.log.head()));
            }
            Deque<TestTransport.Line> joining = new ArrayDeque<>(List.of(transport.connect(random)));
            int goneBefore = gone.size();
            CountDownLatch published = new CountDownLatch(1);
            CompletableFuture<Void> done = new CompletableFuture<>();
            test.loop.execute(() -> await(published));
            publish();
            // behind the turn that takes what was published
            test.loop.execute(() -> act(2 + random.nextInt(5), joining, done));
            published.countDown();
            done.orTimeout(30, TimeUnit.SECONDS).join();
            joining.forEach(line -> line.channel().close().syncUninterruptibly());
            gone.subList(goneBefore, gone.size()).forEach(this::checkPart);
        }

        private static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** Scheduled as the shard's next turn is, behind it: the next action comes after that turn. */
        private void act(int times, Deque<TestTransport.Line> joining, CompletableFuture<Void> done) {
            try {
                if (times == 0) {
                    done.complete(null);
                    return;
                }
                actOnce(joining);
                test.loop.schedule(() -> act(times - 1, joining, done), 0, TimeUnit.NANOSECONDS);
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        }

        private void actOnce(Deque<TestTransport.Line> joining) {
            if (readers.isEmpty()) {
                return;
            }
            Reader reader = anyLiveFirst();
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    readers.remove(reader);
                    gone.add(reader);
                    reader.line.channel().close();
                }
                case 2 -> changeFilter(reader);
                case 3 -> {
                    reader.subscriber.fallBehind();
                    test.loop.execute(reader.subscriber::proceed);
                }
                case 4 -> reader.line.shut();
                default -> {
                    TestTransport.Line line = joining.poll();
                    if (line != null) {
                        join(line, reader.filter, reader.format, anyPosition());
                    }
                }
            }
        }

        private Reader anyLiveFirst() {
            List<Reader> live = readers.stream()
                    .filter(reader -> reader.subscriber.isLive())
                    .toList();
            List<Reader> some = live.isEmpty() ? readers : live;
            return some.get(random.nextInt(some.size()));
        }

        private Position anyPosition() {
            Position head = test.log.head();
            return random.nextBoolean() ? head : new Position(head.epoch(), random.nextLong(head.offset() + 1));
        }

        private EventFilter filter() {
            String[] patterns = random.ints(random.nextInt(4), 0, PATTERNS.size())
                    .mapToObj(PATTERNS::get)
                    .toArray(String[]::new);
            return TestShard.filter(patterns);
        }

        private void eachOrOne(java.util.function.Consumer<Reader> action) {
            if (!readers.isEmpty()) {
                List<Reader> some =
                        random.nextInt(4) == 0 ? readers : List.of(readers.get(random.nextInt(readers.size())));
                test.run(() -> some.forEach(action));
            }
        }

        /** On the event loop. Sometimes away and back at once, and sometimes to another place in the log. */
        private void changeFilter(Reader reader) {
            EventFilter same = reader.filter;
            change(reader, filter(), reader.subscriber.position());
            if (random.nextBoolean()) {
                Position there = random.nextBoolean()
                        ? reader.subscriber.position()
                        : new Position(
                                start.epoch(), random.nextLong(test.log.head().offset() + 1));
                change(reader, same, there);
            }
        }

        private void change(Reader reader, EventFilter filter, Position from) {
            Position upTo = reader.subscriber.position();
            reader.before.add(new Stretch(reader.filter, reader.after, upTo));
            reader.filter = filter;
            reader.after = from;
            reader.subscriber.change(filter, from);
            reader.subscriber.proceed();
        }

        private void leave() {
            if (!readers.isEmpty() && random.nextBoolean()) {
                Reader reader = readers.remove(random.nextInt(readers.size()));
                gone.add(reader);
                reader.line.channel().close().syncUninterruptibly();
                checkPart(reader);
            }
        }

        private void checkPart(Reader reader) {
            List<String> got = reader.format.ids(reader.line.taken());
            List<String> expected = TestShard.ids(expected(reader));
            assertThat(got).isEqualTo(expected.subList(0, Math.min(got.size(), expected.size())));
        }

        private void check(Reader reader) {
            List<Event> expected = expected(reader);
            String body = reader.format.body(expected);
            awaitLength(reader, body.length());
            Awaitility.with()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .await()
                    .untilAsserted(() -> assertThat(reader.format.ids(reader.line.taken()))
                            .as("%s", reader.format)
                            .isEqualTo(TestShard.ids(expected)));
            assertThat(reader.format.body(reader.line.taken())).isEqualTo(body);
        }

        /** Small windows let little through at a time: each look takes some more. */
        private static void awaitLength(Reader reader, int bytes) {
            long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            while (reader.line.takenBytes() < bytes && System.nanoTime() < deadline) {
                LockSupport.parkNanos(20_000);
            }
        }

        private List<Event> expected(Reader reader) {
            List<Stretch> stretches = new ArrayList<>(reader.before);
            stretches.add(new Stretch(reader.filter, reader.after, new Position(start.epoch(), Long.MAX_VALUE)));
            return stretches.stream()
                    .flatMap(stretch -> events(stretch).stream())
                    .toList();
        }

        private List<Event> events(Stretch stretch) {
            return published.stream()
                    .filter(event -> event.position().offset() > stretch.after.offset()
                            && event.position().offset() <= stretch.upTo.offset()
                            && accepts(stretch.filter, event.topics()))
                    .toList();
        }

        private static boolean accepts(EventFilter filter, List<Topic> topics) {
            return topics.stream()
                    .anyMatch(topic -> filter.selectors().stream()
                            .map(selector -> REGEXES.computeIfAbsent(selector.name(), Round::regex))
                            .anyMatch(regex -> regex.matcher("/" + topic.name()).matches()));
        }

        private static Pattern regex(String pattern) {
            return Pattern.compile(("/" + pattern).replace("/**", "(/.+)?").replace("/*", "/[^/]+"));
        }

        /** All leave, and nothing is left of them. */
        @Override
        public void close() {
            readers.forEach(reader -> reader.line.channel().close().syncUninterruptibly());
            Awaitility.with()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> test.call(test.shard::isVacant) && test.counts.open() == 0);
            test.close();
            readers.forEach(reader -> reader.line.checkReleased());
            gone.forEach(reader -> reader.line.checkReleased());
        }
    }
}
