package dev.belfry.webflux;

import dev.belfry.stream.MemoryBudget;
import dev.belfry.stream.MemoryBudget.Use;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What bodies and WebSocket messages under way hold of the memory budget: what has arrived, not what is announced, and what parsing
 * takes on top of it.
 */
final class BodyBudget {
    /**
     * The bytes, the parser's characters as they grow, the string, and the bytes of the event: for bodies of 3.9 MB it was
     * measured that parsing allocates 4 to 8 times their size, ASCII in one string the most.
     */
    private static final int PARSING_FACTOR = 9;

    /** What waits for the log: the event's bytes, and those of the log's own record. */
    private static final int QUEUED_FACTOR = 2;

    /** What is larger leaves room to what is not: most publications are small. */
    private static final long SMALL_BYTES = 64 << 10;

    /** A body that comes slower than this, after its first second, makes room for others when there is none. */
    private static final long SLOW_BYTES_PER_SECOND = 64 << 10;

    private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long BETWEEN_SEARCHES_NANOS = SECOND_NANOS / 10;

    private final MemoryBudget memory;
    private final AtomicInteger parsing = new AtomicInteger();
    private final Set<Share> arriving = ConcurrentHashMap.newKeySet();
    private final AtomicLong nextSearchNanos = new AtomicLong(System.nanoTime());

    BodyBudget(MemoryBudget memory) {
        this.memory = memory;
    }

    /** The share of one body or message of a client, which holds nothing yet. */
    Share open(@Nullable SocketAddress client) {
        return new Share(client);
    }

    private void cutOffTheSlow() {
        long now = System.nanoTime();
        long due = nextSearchNanos.get();
        if (now - due >= 0 && nextSearchNanos.compareAndSet(due, now + BETWEEN_SEARCHES_NANOS)) {
            arriving.stream().filter(share -> share.isSlow(now)).forEach(share -> share.tooSlow.run());
        }
    }

    /** What one body holds. Used by one thread at a time. */
    final class Share implements AutoCloseable {
        private final @Nullable SocketAddress client;
        private volatile MemoryBudget.Hold held;
        private volatile long openedNanos = System.nanoTime();
        private volatile Runnable tooSlow = () -> {};
        private volatile boolean isDiscarded;

        private Share(@Nullable SocketAddress client) {
            this.client = client;
            held = memory.open(Use.PUBLICATIONS, client);
        }

        /** What is done, on any thread, when it comes slowly and others have no room. */
        void whenTooSlow(Runnable tooSlow) {
            this.tooSlow = tooSlow;
        }

        /** Holds so much from now on; false when there is no room. One that is alone has room whatever its size. */
        boolean hold(long bytes) {
            boolean isFirst = held.bytes() == 0;
            if (!(bytes > SMALL_BYTES ? held.resizeLarge(bytes) : holdLittle(bytes))) {
                cutOffTheSlow();
                return false;
            }
            if (isFirst) {
                openedNanos = System.nanoTime();
                arriving.add(this);
            }
            return true;
        }

        /** While a large body is parsed, it may take all the room of its address. */
        private boolean holdLittle(long bytes) {
            if (held.resize(bytes)) {
                return true;
            }
            cutOffTheSlow();
            MemoryBudget.Hold apart = memory.hold(Use.SMALL_PUBLICATIONS, client, bytes);
            if (apart == null) {
                return false;
            }
            held.close();
            held = apart;
            return true;
        }

        /** Holds what parsing a whole body takes; false when there is no room. One is let in, so that large bodies get on. */
        boolean beginParsing(int bodyBytes) {
            arriving.remove(this);
            long bytes = (long) bodyBytes * PARSING_FACTOR;
            if (parsing.getAndIncrement() == 0) {
                held.force(bytes);
                return true;
            }
            if (hold(bytes)) {
                return true;
            }
            parsing.decrementAndGet();
            return false;
        }

        /** Holds what the publication keeps until the log has it. */
        void endParsing(int bodyBytes) {
            parsing.decrementAndGet();
            held.force(Math.min(held.bytes(), (long) bodyBytes * QUEUED_FACTOR));
            if (isDiscarded) {
                close();
            }
        }

        /** Holds nothing any more, and will not; not when another thread is through with parsing, either. */
        void discard() {
            isDiscarded = true;
            close();
        }

        private boolean isSlow(long nowNanos) {
            long age = nowNanos - openedNanos;
            return age > SECOND_NANOS && held.bytes() < SLOW_BYTES_PER_SECOND * ((double) age / SECOND_NANOS);
        }

        @Override
        public void close() {
            arriving.remove(this);
            held.close();
        }
    }
}
