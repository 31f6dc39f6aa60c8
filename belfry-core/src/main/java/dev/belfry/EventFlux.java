package dev.belfry;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * A subscription as a flux: it has a position instead of a queue, reads as much of the log as is asked for, and waits for
 * commits at its end. Signals come on the hub's reader threads, one at a time.
 */
final class EventFlux extends Flux<Event> {
    private static final int MAX_CHUNK_EVENTS = 256;
    private static final int MAX_CHUNK_BYTES = 256 << 10;

    private final Hub hub;
    private final Subscription subscription;
    private final CommitWaiters commitWaiters;
    private final ReadTurns readers;

    EventFlux(Hub hub, Subscription subscription, CommitWaiters commitWaiters, ReadTurns readers) {
        this.hub = hub;
        this.subscription = subscription;
        this.commitWaiters = commitWaiters;
        this.readers = readers;
    }

    @Override
    public void subscribe(CoreSubscriber<? super Event> actual) {
        Pull pull = new Pull(actual);
        commitWaiters.add(pull);
        actual.onSubscribe(pull);
        pull.signal();
    }

    private final class Pull extends CommitWaiters.Waiter implements org.reactivestreams.Subscription, Runnable {
        private final CoreSubscriber<? super Event> actual;
        private final ReadFlow flow = new ReadFlow(ReadClient.LOCAL);
        private final AtomicLong requested = new AtomicLong();
        private final AtomicInteger signals = new AtomicInteger();
        private final @Nullable Position startedAt;
        private volatile boolean ended;
        private volatile boolean badRequest;

        /** Owned by the thread that runs {@link #run}. */
        private @Nullable Position position;

        Pull(CoreSubscriber<? super Event> actual) {
            super(subscription.filter(), null);
            this.actual = actual;
            // "now" is the moment of the subscription, not the one at which a reader thread has time for it
            startedAt = subscription.start() instanceof Start.Now ? hub.log().head() : null;
        }

        @Override
        public void request(long n) {
            if (n > 0) {
                requested.accumulateAndGet(n, Operators::addCap);
            } else {
                badRequest = true; // it is told by the reader, behind the event that may be under way
            }
            signal();
        }

        @Override
        public void cancel() {
            ended = true;
            commitWaiters.remove(this);
        }

        @Override
        void arrived() {
            signal();
        }

        /** The first signal starts the reader; one that comes while it runs makes it look once more. */
        void signal() {
            if (!ended && signals.getAndIncrement() == 0) {
                schedule();
            }
        }

        private void schedule() {
            try {
                readers.execute(flow, this);
            } catch (RejectedExecutionException e) {
                cancel();
            } catch (RuntimeException | Error e) {
                fail(e); // there is no turn in which it would be told
            }
        }

        @Override
        public void run() {
            int seen = signals.get();
            boolean more;
            try {
                more = !ended && emitChunk();
            } catch (RuntimeException | Error e) {
                fail(e);
                return;
            }
            // between two chunks the thread is given back: a long replay holds up nobody
            if (more || signals.addAndGet(-seen) > 0) {
                schedule();
            }
        }

        private void fail(Throwable e) {
            if (!ended) {
                cancel();
                actual.onError(e);
            }
        }

        /** Emits what one read gives and tells whether there was, or may be, more of it. */
        private boolean emitChunk() {
            if (badRequest) {
                throw new IllegalArgumentException("at least one event is requested (Reactive Streams 3.9)");
            }
            if (position == null) {
                position = startedAt != null ? startedAt : hub.resolve(subscription.start());
            }
            long wanted = requested.get();
            if (wanted == 0) {
                return false;
            }
            ReadLimits limits = new ReadLimits((int) Math.min(wanted, MAX_CHUNK_EVENTS), MAX_CHUNK_BYTES);
            Chunk chunk = hub.log().read(filter, position, limits.turn());
            flow.read(chunk);
            if (chunk.gap() != null) {
                emit(chunk.gap().toEvent(hub.clock().instant()));
                return true;
            }
            for (Event event : chunk.events()) {
                emit(event);
            }
            position = chunk.next();
            return !chunk.headReached();
        }

        private void emit(Event event) {
            if (!ended) {
                position = event.position();
                actual.onNext(event);
                requested.accumulateAndGet(1, (left, one) -> left == Long.MAX_VALUE ? left : left - one);
            }
        }
    }
}
