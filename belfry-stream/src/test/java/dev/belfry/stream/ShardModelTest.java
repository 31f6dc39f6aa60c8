package dev.belfry.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.EventFilter;
import dev.belfry.InMemoryEventLog;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Receipt;
import dev.belfry.Topic;
import dev.belfry.TopicPattern;
import dev.belfry.testkit.LeakProbe;
import dev.belfry.testkit.TapChannel;
import dev.belfry.stream.TestShard.Client;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Subscribers that join anywhere in a storm of commits, whose sockets take bytes as they please and whose filters change,
 * against a plain list of what was published: each gets what its filters accept, once and in order.
 */
class ShardModelTest {
    private static final int ROUNDS = Integer.getInteger("belfry.rounds", 500);
    private static final List<TestFormat> FORMATS =
            List.of(TestFormat.NDJSON_TO_END, TestFormat.SSE_CHUNKED, TestFormat.SSE_TO_END, TestFormat.WEBSOCKET);
    private static final List<String> TOPICS = List.of("a", "b", "a/b", "a/c", "b/c", "a/b/c", "x");
    private static final List<String> PATTERNS = List.of("**", "*", "a", "a/*", "a/**", "**/c", "x", "b/**", "none");

    private record Published(Position position, List<Topic> topics) {}

    /** A filter, and what of the log went through it. */
    private record Stretch(EventFilter filter, Position after, Position upTo) {}

    /** A subscriber, and what it should have got until its filter changed for the last time. */
    private static final class Reader {
        final Client client;
        final List<Stretch> before = new ArrayList<>();
        EventFilter filter;
        Position after;

        Reader(Client client, EventFilter filter, Position after) {
            this.client = client;
            this.filter = filter;
            this.after = after;
        }
    }

    @AfterAll
    static void nothingHasLeaked() {
        LeakProbe.assertNoLeaks();
    }

    @Test
    void everybodyGetsWhatIsHisOnceAndInOrder() {
        long first = Long.getLong("belfry.seed", System.nanoTime() & 0xFFFFFF);
        System.out.println("seed=" + first);
        for (long seed = first; seed < first + ROUNDS; seed++) {
            try (Round round = new Round(seed)) {
                round.run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("-Dbelfry.rounds=1 -Dbelfry.seed=" + seed, e);
            }
        }
    }

    private static final class Round implements AutoCloseable {
        private final Random random;
        private final TestShard test;
        private final Position start;
        private final List<Published> published = new ArrayList<>();
        private final List<Reader> readers = new ArrayList<>();

        Round(long seed) {
            random = new Random(seed);
            // most passes take several turns, between which subscribers come, go and change
            int turnDeliveries = random.nextInt(3) == 0 ? Shard.TURN_DELIVERIES : 2 + random.nextInt(3);
            test = new TestShard(new InMemoryEventLog(), StreamSettings.DEFAULT, turnDeliveries);
            start = test.log.head();
        }

        void run() {
            int steps = 20 + random.nextInt(60);
            for (int i = 0; i < steps; i++) {
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> publish();
                    case 3 -> join();
                    case 4 -> eachOrOne(reader -> reader.client.channel().open(random.nextInt(5000)));
                    case 5 -> eachOrOne(reader -> reader.client.channel().shut());
                    case 6 -> eachOrOne(this::changeFilter);
                    default -> leave();
                }
            }
            for (Reader reader : readers) {
                test.run(() -> reader.client.channel().open(Long.MAX_VALUE));
            }
            publish();
            readers.forEach(this::check);
        }

        private void publish() {
            Notification[] batch = IntStream.range(0, 1 + random.nextInt(random.nextInt(10) == 0 ? 700 : 10))
                    .mapToObj(i -> notification())
                    .toArray(Notification[]::new);
            Receipt receipt = test.publish(batch);
            for (int i = 0; i < batch.length; i++) {
                published.add(new Published(receipt.first().plus(i), batch[i].topics()));
            }
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
            EventFilter filter = filter();
            Position from = anyPosition();
            TestFormat format = FORMATS.get(random.nextInt(FORMATS.size()));
            long room = random.nextBoolean() ? Long.MAX_VALUE : random.nextInt(3000);
            int low = 1 << (5 + random.nextInt(11));
            Client client = test.join(filter, format, from, room, new TapChannel(low, low * 2));
            readers.add(new Reader(client, filter, from));
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
            change(reader, filter(), reader.client.subscriber().position());
            if (random.nextBoolean()) {
                Position there = random.nextBoolean()
                        ? reader.client.subscriber().position()
                        : new Position(
                                start.epoch(), random.nextLong(test.log.head().offset() + 1));
                change(reader, same, there);
            }
        }

        private void change(Reader reader, EventFilter filter, Position from) {
            Position upTo = reader.client.subscriber().position();
            reader.before.add(new Stretch(reader.filter, reader.after, upTo));
            reader.filter = filter;
            reader.after = from;
            reader.client.subscriber().change(filter, from);
            reader.client.subscriber().proceed();
        }

        private void leave() {
            if (!readers.isEmpty() && random.nextBoolean()) {
                Reader reader = readers.remove(random.nextInt(readers.size()));
                reader.client.channel().close().syncUninterruptibly();
                List<String> got = reader.client.ids();
                List<String> expected = expected(reader);
                assertThat(got).isEqualTo(expected.subList(0, Math.min(got.size(), expected.size())));
            }
        }

        private void check(Reader reader) {
            List<String> expected = expected(reader);
            Awaitility.with()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .await()
                    .untilAsserted(() -> assertThat(reader.client.ids())
                            .as("%s", reader.client.format())
                            .isEqualTo(expected));
        }

        private List<String> expected(Reader reader) {
            List<Stretch> stretches = new ArrayList<>(reader.before);
            stretches.add(new Stretch(reader.filter, reader.after, new Position(start.epoch(), Long.MAX_VALUE)));
            return stretches.stream().flatMap(stretch -> ids(stretch).stream()).toList();
        }

        private List<String> ids(Stretch stretch) {
            return published.stream()
                    .filter(event -> event.position.offset() > stretch.after.offset()
                            && event.position.offset() <= stretch.upTo.offset()
                            && accepts(stretch.filter, event.topics))
                    .map(event -> event.position.toString())
                    .toList();
        }

        private static boolean accepts(EventFilter filter, List<Topic> topics) {
            return topics.stream()
                    .anyMatch(topic -> filter.patterns().stream()
                            .map(TopicPattern::name)
                            .map(name -> "/" + name)
                            .map(name -> name.replace("/**", "(/.+)?").replace("/*", "/[^/]+"))
                            .anyMatch(regex -> ("/" + topic.name()).matches(regex)));
        }

        /** All leave, and nothing is left of them. */
        @Override
        public void close() {
            readers.forEach(reader -> reader.client.channel().close().syncUninterruptibly());
            Awaitility.with()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> test.call(test.shard::isVacant) && test.counts.open() == 0);
            test.close();
            for (Reader reader : readers) {
                assertThat(reader.client.channel().written)
                        .allSatisfy(buffer -> assertThat(buffer.refCnt()).isZero());
            }
        }
    }
}
