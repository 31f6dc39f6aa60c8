package dev.belfry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.BelfryException.LogStorage;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is thrown at the writer thread: it goes on and every publisher is answered, or it says that it cannot. */
@Timeout(120)
class LogWriterFailureTest {
    private static final int MOST_CALLS = 2_000;

    static Stream<Supplier<Error>> errors() {
        return Stream.of(
                () -> new OutOfMemoryError("thrown on purpose"),
                () -> new StackOverflowError("thrown on purpose"),
                () -> new LinkageError("thrown on purpose"));
    }

    /** Throws at the n-th of all calls that are made to what surrounds the writer. */
    private static final class Fault {
        private final Supplier<Error> error;
        private final int n;
        private final AtomicInteger calls = new AtomicInteger();
        private volatile boolean isOver;

        Fault(Supplier<Error> error, int n) {
            this.error = error;
            this.n = n;
        }

        void call() {
            if (!isOver && calls.incrementAndGet() == n) {
                throw error.get();
            }
        }

        boolean wasThrown() {
            return calls.get() >= n;
        }
    }

    /** A store, listeners, a clock and executors with one fault among them all. */
    private static final class Surroundings {
        final Fault fault;
        final boolean writeFails;
        final AtomicInteger fatal = new AtomicInteger();
        final List<Event> told = new CopyOnWriteArrayList<>();
        final InMemoryStore events;
        final LogWriter writer;

        Surroundings(Fault fault, boolean writeFails) {
            this.fault = fault;
            this.writeFails = writeFails;
            fault.isOver = true; // setting up is not what is tested
            Retention three = new Retention(Retention.DEFAULT.age(), Long.MAX_VALUE, 3);
            LogSettings settings = LogSettings.DEFAULT
                    .withRetention(writeFails ? Retention.DEFAULT : three)
                    .withClock(clock())
                    .withListener(listener())
                    .withFatalErrors((what, cause) -> fatal.incrementAndGet());
            events = new InMemoryStore(settings, () -> 0);
            writer = new LogWriter("log of the test", store(), settings);
            writer.onCommit(committed -> fault.call());
            writer.onCommit(told::addAll);
            writer.onCommit(committed -> fault.call());
            fault.isOver = false;
        }

        private Clock clock() {
            return new Clock() {
                @Override
                public Instant instant() {
                    fault.call();
                    return Instant.EPOCH;
                }

                @Override
                public ZoneId getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(ZoneId zone) {
                    return this;
                }
            };
        }

        private LogListener listener() {
            return new LogListener() {
                @Override
                public void committed(Commit commit) {
                    fault.call();
                }

                @Override
                public void refused(String code) {
                    fault.call();
                }

                @Override
                public void writeFailed(String code) {
                    fault.call();
                }

                @Override
                public void trimmed(long count, long bytes) {
                    fault.call();
                }
            };
        }

        private LogStore store() {
            return new LogStore() {
                @Override
                public Position next() {
                    fault.call();
                    return events.next();
                }

                @Override
                public Position following(Position position) {
                    fault.call();
                    return events.following(position);
                }

                @Override
                public Instant lastTime() {
                    fault.call();
                    return events.lastTime();
                }

                @Override
                public @Nullable KeptReceipt find(String key) {
                    fault.call();
                    return events.find(key);
                }

                @Override
                public void write(CommitGroup group) {
                    if (writeFails) {
                        fault.call();
                    }
                    events.write(group);
                    if (writeFails) {
                        fault.call();
                    }
                }

                @Override
                public long trim() {
                    fault.call();
                    long waitMillis = events.trim();
                    fault.call();
                    return waitMillis;
                }

                @Override
                public Deleted delete(Topic topic, long from, long upTo) {
                    fault.call();
                    return events.delete(topic, from, upTo);
                }

                @Override
                public boolean recover() {
                    fault.call();
                    return events.recover();
                }

                @Override
                public Position head() {
                    return events.head();
                }

                @Override
                public long keptBytes() {
                    return events.keptBytes();
                }

                @Override
                public long keptEvents() {
                    return events.keptEvents();
                }

                @Override
                public void close() {
                    events.close();
                }
            };
        }

        Executor executor() {
            return task -> {
                fault.call();
                task.run();
            };
        }

        /** The receipt, or null when it was refused; fails when there is no answer. */
        @Nullable
        Receipt append(Publication publication, Executor answers) {
            CompletableFuture<Receipt> receipt = writer.append(publication, answers);
            return receipt.handle((value, refused) -> value)
                    .orTimeout(30, TimeUnit.SECONDS)
                    .join();
        }
    }

    private static Publication publication(int i) {
        Notification[] batch = IntStream.range(0, 1 + i % 3)
                .mapToObj(j -> Notification.of("a", i + "." + j))
                .toArray(Notification[]::new);
        byte[] fingerprint = {(byte) (i / 2)};
        return i % 2 == 0
                ? Publication.of(batch)
                : new Publication(List.of(batch), IdempotencyKey.of("key " + i % 4, fingerprint));
    }

    private static List<Position> publishSome(Surroundings with) {
        List<Position> answered = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Receipt receipt = with.append(publication(i), with.executor());
            if (receipt != null && !receipt.repeated()) {
                answered.addAll(receipt.positions());
            }
        }
        return answered;
    }

    @ParameterizedTest
    @MethodSource("errors")
    void theWriterGoesOnAndEveryPublisherIsAnsweredWhateverIsThrown(Supplier<Error> error) {
        boolean wasThrown = true;
        for (int n = 1; wasThrown; n++) {
            assertThat(n).isLessThan(MOST_CALLS);
            Surroundings with = new Surroundings(new Fault(error, n), false);
            List<Position> answered = publishSome(with);
            wasThrown = with.fault.wasThrown();
            with.fault.isOver = true;

            Receipt after = with.append(Publication.of(Notification.of("a", "after")), Runnable::run);

            assertThat(after).as("the writer goes on after fault %s", n).isNotNull();
            answered.addAll(after.positions());
            assertThat(with.told).extracting(Event::position).as("fault %s", n).isEqualTo(answered);
            assertThat(with.fatal).as("fault %s", n).hasValue(0);
            assertThat(with.writer.status().writable()).isTrue();
            with.writer.close();
            assertThat(with.events.keptEvents()).as("fault %s", n).isEqualTo(3);
        }
    }

    /** Retention removes all but three; here is all of it. */
    @ParameterizedTest
    @MethodSource("errors")
    void whereNobodyKnowsWhatWasWrittenItIsFatalAndNothingIsTakenAnyMore(Supplier<Error> error) {
        int fatal = 0;
        boolean wasThrown = true;
        for (int n = 1; wasThrown; n++) {
            assertThat(n).isLessThan(MOST_CALLS);
            Surroundings with = new Surroundings(new Fault(error, n), true);
            List<Position> answered = publishSome(with);
            wasThrown = with.fault.wasThrown();
            with.fault.isOver = true;
            if (with.fatal.get() > 0) {
                fatal++;
                assertThat(with.writer.status().failed()).isTrue();
                assertThat(with.writer.status().writable()).isFalse();
                assertThat(with.writer.append(Publication.of(Notification.of("a", "late")), Runnable::run))
                        .failsWithin(30, TimeUnit.SECONDS)
                        .withThrowableThat()
                        .withCauseInstanceOf(LogStorage.class);
            } else {
                assertThat(with.told).extracting(Event::position).isEqualTo(answered);
            }
            with.writer.close();
            assertThat(with.fatal).as("fault %s", n).hasValueLessThan(2);
        }
        assertThat(fatal).isEqualTo(2 * 6); // in front of each of the writes, and behind it
    }

    @Test
    void anExecutorThatNeverTakesAnythingLeavesNobodyWithoutAnAnswer() {
        Surroundings with = new Surroundings(new Fault(() -> new OutOfMemoryError("thrown on purpose"), 0), false);

        for (int i = 0; i < 3; i++) {
            assertThat(with.append(publication(i), task -> {
                        throw new OutOfMemoryError("thrown on purpose");
                    }))
                    .isNotNull();
        }
        with.writer.close();
    }

    @Test
    void anInterruptDoesNotEndTheWriter() {
        Surroundings with = new Surroundings(new Fault(() -> new OutOfMemoryError("thrown on purpose"), 0), false);
        with.writer.onCommit(events -> Thread.currentThread().interrupt());

        for (int i = 0; i < 3; i++) {
            assertThat(with.append(publication(i), Runnable::run)).isNotNull();
        }
        with.writer.close();
    }

    /** Else each failure would take some of the queue's room for ever. */
    @Test
    void aPublicationThatCouldNotBeQueuedTakesNoRoom() {
        PendingQueue queue = new PendingQueue(LogSettings.DEFAULT.withQueue(2, 1 << 20));
        Pending pending = Pending.of(Publication.of(Notification.of("a", "x")), Runnable::run);
        for (int i = 0; i < 2; i++) {
            assertThat(queue.add(pending)).isTrue();
        }

        assertThat(queue.add(pending)).isFalse();

        assertThat(queue.events()).isEqualTo(2);
    }

    @Test
    void theFirstFatalErrorIsToldOnceAndWhatTheListenerThrowsIsItsOwn() {
        AtomicInteger told = new AtomicInteger();
        FatalError fatal = new FatalError((what, cause) -> {
            told.incrementAndGet();
            throw new OutOfMemoryError("thrown on purpose");
        });
        assertThat(fatal.hasFailed()).isFalse();

        fatal.failed("first", new OutOfMemoryError("thrown on purpose"));
        fatal.failed("second", new OutOfMemoryError("thrown on purpose"));

        assertThat(told).hasValue(1);
        assertThat(fatal.hasFailed()).isTrue();
    }
}
