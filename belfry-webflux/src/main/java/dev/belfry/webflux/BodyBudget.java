package dev.belfry.webflux;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of the heap all bodies and WebSocket messages under way may take together: what has arrived, not what is
 * announced, and what parsing takes on top of it.
 */
final class BodyBudget {
    private static final long LEAST_BYTES = 16L << 20;

    /**
     * The bytes, the parser's characters as they grow, the string, and the bytes of the event: for bodies of 3.9 MB it was
     * measured that parsing allocates 4 to 8 times their size, ASCII in one string the most.
     */
    private static final int PARSING_FACTOR = 9;

    /** What waits for the log: the event's bytes, and those of the log's own record. */
    private static final int QUEUED_FACTOR = 2;

    /** A body that comes slower than this, after its first second, makes room for others when there is none. */
    private static final long SLOW_BYTES_PER_SECOND = 64 << 10;

    private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long BETWEEN_SEARCHES_NANOS = SECOND_NANOS / 10;

    private final long limitBytes;
    private final AtomicLong takenBytes = new AtomicLong();
    private final AtomicInteger parsing = new AtomicInteger();
    private final Set<Share> arriving = ConcurrentHashMap.newKeySet();
    private final AtomicLong nextSearchNanos = new AtomicLong(System.nanoTime());

    BodyBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** A quarter of the heap, 16 MiB at least. */
    static BodyBudget ofHeap() {
        return new BodyBudget(Math.max(LEAST_BYTES, Runtime.getRuntime().maxMemory() / 4));
    }

    /** The share of one body or message, which holds nothing yet. */
    Share open() {
        return new Share();
    }

    long takenBytes() {
        return takenBytes.get();
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
        private final long openedNanos = System.nanoTime();
        private volatile Runnable tooSlow = () -> {};
        private volatile long heldBytes;

        /** What is done, on any thread, when it comes slowly and others have no room. */
        void whenTooSlow(Runnable tooSlow) {
            this.tooSlow = tooSlow;
        }

        /** Holds so much from now on; false when there is no room. One that is alone has room whatever its size. */
        boolean hold(long bytes) {
            long more = bytes - heldBytes;
            long taken = takenBytes.addAndGet(more);
            if (more > 0 && taken > limitBytes && taken != bytes) {
                takenBytes.addAndGet(-more);
                cutOffTheSlow();
                return false;
            }
            heldBytes = bytes;
            if (bytes == more) {
                arriving.add(this);
            }
            return true;
        }

        /** Holds what parsing a whole body takes; false when there is no room. One is let in, so that large bodies get on. */
        boolean beginParsing(int bodyBytes) {
            arriving.remove(this);
            long bytes = (long) bodyBytes * PARSING_FACTOR;
            if (parsing.getAndIncrement() == 0) {
                takenBytes.addAndGet(bytes - heldBytes);
                heldBytes = bytes;
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
            hold(Math.min(heldBytes, (long) bodyBytes * QUEUED_FACTOR));
        }

        private boolean isSlow(long nowNanos) {
            long age = nowNanos - openedNanos;
            return age > SECOND_NANOS && heldBytes < SLOW_BYTES_PER_SECOND * ((double) age / SECOND_NANOS);
        }

        @Override
        public void close() {
            arriving.remove(this);
            takenBytes.addAndGet(-heldBytes);
            heldBytes = 0;
        }
    }
}
