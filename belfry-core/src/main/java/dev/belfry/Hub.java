package dev.belfry;

import dev.belfry.BelfryException.LogClosed;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Where publishers and subscribers meet: it gives notifications to the log, and events from the log to subscribers.
 * It listens to the log, never to the publisher, so it makes no difference where something was published.
 *
 * <p>All methods may be called by any thread. Reading the log happens on the hub's own reader threads.
 */
public final class Hub implements AutoCloseable {
    private final EventLog log;
    private final FatalError fatal;
    private final ReadTurns readers;
    private final CommitWaiters commitWaiters;
    private final Registration registration;
    private final Sinks.Empty<Void> draining = Sinks.empty();
    private volatile boolean open = true;

    /** As many reader threads as there are processors, two at least. */
    public Hub(EventLog log) {
        this(log, defaultThreads());
    }

    /**
     * Sets up a hub with its reader threads.
     *
     * @param readerThreads how many reads of the log may be under way at once
     */
    public Hub(EventLog log, int readerThreads) {
        this(log, readerThreads, FatalErrorListener.NONE);
    }

    /** As {@link #Hub(EventLog)}, with a listener for what it cannot go on from. */
    public Hub(EventLog log, FatalErrorListener listener) {
        this(log, defaultThreads(), listener);
    }

    private Hub(EventLog log, int readerThreads, FatalErrorListener listener) {
        this.log = log;
        fatal = new FatalError(listener);
        readers = new ReadTurns(readerThreads, fatal);
        commitWaiters = new CommitWaiters(readers);
        registration = log.onCommit(commitWaiters);
    }

    private static int defaultThreads() {
        return Math.max(2, Runtime.getRuntime().availableProcessors());
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
    public ReadTurns readers() {
        return readers;
    }

    /**
     * Says that something around the log owns state and cannot go on, as it is not known whether the state is right: writes one
     * line, and tells the listener. Only the first one counts.
     */
    public void fail(String what, Throwable cause) {
        fatal.failed(what, cause);
    }

    /** Whether it, or something around it, cannot go on. */
    public boolean hasFailed() {
        return fatal.hasFailed();
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

    /** As {@link #poll(ReadClient, Subscription, ReadLimits, Duration)}, for this process itself. */
    public Mono<Chunk> poll(Subscription subscription, ReadLimits limits, Duration wait) {
        return poll(ReadClient.LOCAL, subscription, limits, wait);
    }

    /**
     * Reads what there is behind the subscription's start, and waits for the first event when there is nothing. It looks at a
     * bounded part of the log: an empty chunk whose {@link Chunk#headReached()} is false says how far it has got. It ends when
     * its subscriber cancels.
     *
     * @param client which shares the reader threads with others
     * @param wait how long; zero for no wait. When it is over, or the hub drains, the chunk is empty
     */
    public Mono<Chunk> poll(ReadClient client, Subscription subscription, ReadLimits limits, Duration wait) {
        return Mono.defer(() -> {
            Search search = new Search(log, readers, new ReadFlow(client), subscription.filter(), limits);
            return from(subscription.start(), search)
                    .flatMap(search::after)
                    .flatMap(chunk -> isWorthAnAnswer(chunk) || wait.isZero()
                            ? Mono.just(chunk)
                            : awaitNext(subscription.filter(), chunk, search, wait));
        });
    }

    /**
     * Reads the event with an id, if there is one that somebody with these permissions may read. Signals on a reader thread.
     *
     * @param client which shares the reader threads with others
     * @param id of an event, not the place in front of the first one
     * @param room for a large event; without it none is found
     */
    public Mono<Lookup> find(ReadClient client, Permissions permissions, Position id, ReadRoom room) {
        return Mono.defer(() -> new EventLookup(log, permissions, id, room).in(readers, new ReadFlow(client)));
    }

    /** "Now" is the moment of the call, not the one at which a reader thread has time for it. */
    private Mono<Position> from(Start start, Search search) {
        Mono<Position> position = Mono.fromCallable(() -> resolve(start));
        return start instanceof Start.Since ? position.subscribeOn(Schedulers.fromExecutor(search::execute)) : position;
    }

    private static boolean isWorthAnAnswer(Chunk chunk) {
        return !chunk.events().isEmpty() || chunk.gap() != null || !chunk.headReached();
    }

    /** Begins to wait before it looks once more, so that nothing can arrive unseen in between. */
    private Mono<Chunk> awaitNext(EventFilter filter, Chunk nothing, Search search, Duration wait) {
        return Mono.usingWhen(
                Mono.fromSupplier(() -> new Arrival(filter, nothing.next())),
                arrival -> search.after(nothing.next())
                        .flatMap(chunk -> isWorthAnAnswer(chunk)
                                ? Mono.just(chunk)
                                : arrival.future(wait).then(Mono.defer(() -> search.after(chunk.next())))),
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
