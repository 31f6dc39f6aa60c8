package dev.belfry.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belfry.BelfryException;
import dev.belfry.Chunk;
import dev.belfry.CommitListener;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.IdempotencyKey;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.ReadLimits;
import dev.belfry.Receipt;
import dev.belfry.TopicPattern;
import dev.belfry.TopicSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What tests do to logs, with a limit on how long they wait for them. */
public final class LogProbe {
    private static final int PATIENCE_SECONDS = 30;

    /** More than any test here appends. */
    public static final ReadLimits AMPLE = new ReadLimits(1_000_000, Integer.MAX_VALUE);

    private LogProbe() {}

    public static Receipt append(EventLog log, Notification... notifications) {
        return get(log.append(Publication.of(notifications)));
    }

    /** The value, or the {@link BelfryException} with which it failed. */
    public static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof BelfryException known) {
                throw known;
            }
            throw new AssertionError("failed with something else than a BelfryException", e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("no answer after " + PATIENCE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** The error with which it failed. */
    public static Throwable failure(CompletableFuture<?> future) {
        return catchThrowable(() -> get(future));
    }

    /** All that is kept. */
    public static List<Event> readAll(EventLog log) {
        return follow(log, EventFilter.ALL, Position.EARLIEST, AMPLE);
    }

    /** Follows {@link Chunk#next()} to the head, and expects no gap, limits that are kept, and an advance each time. */
    public static List<Event> follow(EventLog log, EventFilter filter, Position after, ReadLimits limits) {
        List<Event> events = new ArrayList<>();
        Position position = after;
        while (true) {
            Chunk chunk = log.read(filter, position, limits);
            assertThat(chunk.gap()).as("gap after %s", position).isNull();
            assertThat(chunk.events()).hasSizeLessThanOrEqualTo(limits.maxEvents());
            if (!chunk.events().isEmpty()) {
                assertThat(last(chunk).offset())
                        .isLessThanOrEqualTo(chunk.next().offset());
            }
            events.addAll(chunk.events());
            if (chunk.headReached()) {
                return events;
            }
            assertThat(chunk.next().offset()).isGreaterThan(position.offset());
            position = chunk.next();
        }
    }

    private static Position last(Chunk chunk) {
        return chunk.events().get(chunk.events().size() - 1).position();
    }

    /** Numbered notifications under a key; the same body is the same publication. */
    public static Publication keyed(String key, String body, int count) {
        IdempotencyKey idempotencyKey = IdempotencyKey.of(key, body.getBytes(UTF_8));
        return new Publication(List.of(NumberedEvents.notifications("a", body, 0, count)), idempotencyKey);
    }

    /** The patterns, with every grant. */
    public static EventFilter filter(String... patterns) {
        return new EventFilter(patterns(patterns), Set.of(TopicPattern.ALL));
    }

    public static Set<TopicSelector> patterns(String... names) {
        return Stream.of(names).map(TopicPattern::of).collect(Collectors.toSet());
    }

    /** A listener that writes down what it is told and by whom. */
    public static final class Recorder implements CommitListener {
        private final List<List<Event>> commits = new CopyOnWriteArrayList<>();
        private final Set<Thread> threads = java.util.concurrent.ConcurrentHashMap.newKeySet();

        @Override
        public void committed(List<Event> events) {
            threads.add(Thread.currentThread());
            commits.add(List.copyOf(events));
        }

        public List<List<Event>> commits() {
            return List.copyOf(commits);
        }

        public List<Event> events() {
            return commits.stream().flatMap(List::stream).toList();
        }

        public Set<Thread> threads() {
            return Set.copyOf(threads);
        }
    }

    /** A listener that holds up the log's writer thread until it is opened. */
    public static final class Gate implements CommitListener {
        private final CompletableFuture<Boolean> reached = new CompletableFuture<>();
        private final CompletableFuture<Boolean> opened = new CompletableFuture<>();

        @Override
        public void committed(List<Event> events) {
            reached.complete(true);
            opened.join();
        }

        /** Waits until the writer thread stands in front of it. */
        public void awaitReached() {
            get(reached);
        }

        public void open() {
            opened.complete(true);
        }
    }
}
