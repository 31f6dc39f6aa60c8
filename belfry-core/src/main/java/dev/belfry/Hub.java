package dev.belfry;

import dev.belfry.BelfryException.LogClosed;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Where publishers and subscribers meet: it gives notifications to the log, and events from the log to subscribers.
 * It listens to the log, never to the publisher, so it makes no difference where something was published.
 *
 * <p>All methods may be called by any thread. Reading the log happens on the hub's own reader threads.
 */
public final class Hub implements AutoCloseable {
    private final EventLog log;
    private final CommitWaiters commitWaiters;
    private final ExecutorService readers;
    private final Scheduler readScheduler;
    private final Registration registration;
    private final Sinks.Empty<Void> draining = Sinks.empty();
    private volatile boolean open = true;

    /** As many reader threads as there are processors, two at least. */
    public Hub(EventLog log) {
        this(log, Math.max(2, Runtime.getRuntime().availableProcessors()));
    }

    /**
     * Sets up a hub with its reader threads.
     *
     * @param readerThreads how many reads of the log may be under way at once
     */
    public Hub(EventLog log, int readerThreads) {
        this.log = log;
        readers = Executors.newFixedThreadPool(readerThreads, daemons("belfry-read-"));
        readScheduler = Schedulers.fromExecutorService(readers);
        commitWaiters = new CommitWaiters(readers);
        registration = log.onCommit(commitWaiters);
    }

    private static ThreadFactory daemons(String prefix) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** The log that it follows. */
    public EventLog log() {
        return log;
    }

    /** The log's clock, by which everything around it tells the time. */
    public Clock clock() {
        return log.clock();
    }

    /** The reader threads, for all that blocks on the log. */
    public ExecutorService readers() {
        return readers;
    }

    /**
     * Publishes one notification.
     *
     * @return its receipt when it is durable, or the error of {@link EventLog#append}; nothing is published before somebody
     *     subscribes to it
     */
    public Mono<Receipt> publish(Notification notification) {
        return Mono.defer(() -> publish(Publication.of(notification)));
    }

    /** Publishes a batch, all of it or nothing; the rest is as for {@link #publish(Notification)}. */
    public Mono<Receipt> publish(Publication publication) {
        return publish(publication, Runnable::run);
    }

    /**
     * As {@link #publish(Publication)}, but told by an executor, such as the event loop that publishes; see {@link
     * EventLog#append(Publication, Executor)}.
     */
    public Mono<Receipt> publish(Publication publication, Executor answers) {
        return Mono.defer(
                () -> open ? Mono.fromFuture(log.append(publication, answers), true) : Mono.error(LogClosed::new));
    }

    /** Subscribes to the next events that match any of the patterns, e.g. {@code orders/**}, as an open server would. */
    public Flux<Event> subscribe(String... patterns) {
        Set<TopicPattern> all = Stream.of(patterns).map(TopicPattern::of).collect(Collectors.toSet());
        return subscribe(new Subscription(Permissions.OPEN.filter(all), Start.NOW));
    }

    /**
     * Subscribes within this process. The flux reads from the log what its subscriber asks for and holds no queue, so a slow
     * subscriber loses nothing; where the log has a gap for it, an event named {@link Gap#EVENT} comes first. It ends when
     * the hub drains.
     */
    public Flux<Event> subscribe(Subscription subscription) {
        return new EventFlux(this, subscription, commitWaiters, readers).takeUntilOther(draining.asMono());
    }

    /**
     * Reads what there is behind the subscription's start, and waits for the first event when there is nothing.
     *
     * @param wait how long; zero for no wait. When it is over, or the hub drains, the chunk is empty
     */
    public Mono<Chunk> poll(Subscription subscription, ReadLimits limits, Duration wait) {
        return Mono.defer(() -> {
            Position now = log.head();
            return Mono.fromCallable(
                            () -> subscription.start() instanceof Start.Now ? now : resolve(subscription.start()))
                    .flatMap(from -> read(subscription.filter(), from, limits))
                    .flatMap(chunk -> isWorthAnAnswer(chunk) || wait.isZero()
                            ? Mono.just(chunk)
                            : awaitNext(subscription.filter(), chunk, limits, wait))
                    .subscribeOn(readScheduler);
        });
    }

    private static boolean isWorthAnAnswer(Chunk chunk) {
        return !chunk.events().isEmpty() || chunk.gap() != null;
    }

    /** Reads until there is something, or nothing left to look at. */
    private Mono<Chunk> read(EventFilter filter, Position after, ReadLimits limits) {
        return Mono.fromCallable(() -> {
            Chunk chunk = log.read(filter, after, limits);
            while (!isWorthAnAnswer(chunk) && !chunk.headReached()) {
                chunk = log.read(filter, chunk.next(), limits);
            }
            return chunk;
        });
    }

    /** Begins to wait before it looks once more, so that nothing can arrive unseen in between. */
    private Mono<Chunk> awaitNext(EventFilter filter, Chunk nothing, ReadLimits limits, Duration wait) {
        return Mono.usingWhen(
                Mono.fromSupplier(() -> new Arrival(filter, nothing.next())),
                arrival -> read(filter, nothing.next(), limits)
                        .flatMap(chunk -> isWorthAnAnswer(chunk)
                                ? Mono.just(chunk)
                                : arrival.future(wait)
                                        .then(Mono.defer(() -> read(filter, chunk.next(), limits))
                                                .subscribeOn(readScheduler))),
                arrival -> Mono.fromRunnable(() -> commitWaiters.remove(arrival)));
    }

    private final class Arrival extends CommitWaiters.Waiter {
        private final Sinks.Empty<Void> arrived = Sinks.empty();

        Arrival(EventFilter filter, Position after) {
            super(filter, after);
            commitWaiters.add(this);
        }

        @Override
        void arrived() {
            arrived.tryEmitEmpty();
        }

        Mono<Void> future(Duration wait) {
            return Mono.firstWithSignal(
                    arrived.asMono(), draining.asMono(), Mono.delay(wait).then());
        }
    }

    /**
     * The cursor that a start means at this moment. Blocks as {@link EventLog#read} does when the start is a time. For the
     * earliest event it is {@link Position#EARLIEST}, which is read from but not {@linkplain #shown shown}.
     */
    public Position resolve(Start start) {
        if (start instanceof Start.After after) {
            return after.position();
        }
        if (start instanceof Start.Since since) {
            return log.positionAt(since.time());
        }
        return start instanceof Start.Earliest ? Position.EARLIEST : log.head();
    }

    /** What a client is told of a place to read from, for it to come back with. */
    public Position shown(Position position) {
        return position.equals(Position.EARLIEST) ? log.beforeOldest() : position;
    }

    /** Whether it has drained, and refuses publications. */
    public boolean isDraining() {
        return !open;
    }

    /** Completed when the hub drains. */
    public Mono<Void> draining() {
        return draining.asMono();
    }

    /** Refuses publications from now on, and ends in-process subscriptions and waits. Draining again does nothing. */
    public void drain() {
        open = false;
        draining.tryEmitEmpty();
    }

    /** Drains and stops the reader threads when they are through. The log stays open: it is its owner's. */
    @Override
    public void close() {
        drain();
        registration.close();
        // not shutdownNow, which drops the last read of a poll that drain() has just ended
        readers.shutdown();
    }
}
