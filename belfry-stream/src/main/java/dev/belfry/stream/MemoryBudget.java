package dev.belfry.stream;

import dev.belfry.ReadClient;
import dev.belfry.ReadRoom;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much memory, on the heap and outside, all that strangers make the server hold may take together. Each use has a bound of its
 * own within the whole, so that what is not read cannot keep publications out. Of each use one client address has a share. Any
 * thread.
 */
public final class MemoryBudget {
    private static final Logger log = LoggerFactory.getLogger(MemoryBudget.class);
    private static final long LEAST_BYTES = 16L << 20;
    private static final long WARNING_NANOS = Duration.ofMinutes(1).toNanos();

    /** For so long after a refusal what takes nothing makes room for others. */
    private static final long SHORT_NANOS = Duration.ofSeconds(10).toNanos();

    /** What a client may take nothing for while its kind of memory is short. */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(5).toNanos();

    /**
     * Addresses have one of so many counters: their number is the attacker's to choose, and a map of them would be one more thing to
     * bound. Which of them share one is not to be guessed.
     */
    private static final int COUNTERS = 4096;

    /** What memory is held for. Together the others leave a quarter of the budget to publications. */
    public enum Use {
        /** Bodies and WebSocket messages, from their first byte until the log has them. */
        PUBLICATIONS(16),
        /** Small ones for which there is no other room. This is beside the budget: what others hold is no matter. */
        SMALL_PUBLICATIONS(2, true),
        /** Answers to polls, until they are written. */
        ANSWERS(2),
        /** Answers to polls of more than {@link #LARGE_BYTES}. */
        LARGE_ANSWERS(2),
        /** Chunks of the log for streams that are BEHIND, until the last of them has written its chunk. */
        CHUNKS(4),
        /** Chunks, and events on their way to LIVE streams, of more than {@link #LARGE_BYTES}. */
        LARGE_CHUNKS(4),
        /** The patterns of subscriptions. This is beside the budget, too: they stay as long as the subscriber does. */
        PATTERNS(8, true);

        private static final int WHOLE = 16;

        private final int sixteenths;
        private final boolean isBeside;

        Use(int sixteenths) {
            this(sixteenths, false);
        }

        Use(int sixteenths, boolean isBeside) {
            this.sixteenths = sixteenths;
            this.isBeside = isBeside;
        }
    }

    /** What is larger has a bound of its own, so that it does not keep out what is small. */
    public static final int LARGE_BYTES = ReadRoom.ASKED_FROM_BYTES;

    private final long limitBytes;
    private final AtomicLong heldBytes = new AtomicLong();
    private final Map<Use, Account> accounts = new EnumMap<>(Use.class);
    private final int salt = ThreadLocalRandom.current().nextInt();

    /**
     * A budget that holds nothing yet.
     *
     * @param limitBytes what all may hold
     * @param perAddressBytes what one client address may hold of it; of each use it may have the same part
     */
    public MemoryBudget(long limitBytes, long perAddressBytes) {
        if (limitBytes < 1 || perAddressBytes < 1) {
            throw new IllegalArgumentException("a budget is positive");
        }
        this.limitBytes = limitBytes;
        double share = Math.min(1, (double) perAddressBytes / limitBytes);
        for (Use use : Use.values()) {
            accounts.put(use, new Account(use, share));
        }
    }

    /** {@link #defaultLimitBytes}, half of it for one address. */
    public static MemoryBudget ofHeap() {
        return new MemoryBudget(defaultLimitBytes(), defaultLimitBytes() / 2);
    }

    /** A quarter of the heap, 16 MiB at least. */
    public static long defaultLimitBytes() {
        return Math.max(LEAST_BYTES, Runtime.getRuntime().maxMemory() / 4);
    }

    /**
     * Something that holds nothing yet.
     *
     * @param client who makes the server hold it; null when nobody does in particular
     */
    public Hold open(Use use, @Nullable SocketAddress client) {
        return new Hold(account(use), client == null ? -1 : counterOf(client));
    }

    /** Holds so much; null when there is no room. */
    public @Nullable Hold hold(Use use, @Nullable SocketAddress client, long bytes) {
        Hold hold = open(use, client);
        return hold.resize(bytes) ? hold : null;
    }

    /** What all may hold. */
    public long limitBytes() {
        return limitBytes;
    }

    /** What is held now. */
    public long heldBytes() {
        return heldBytes.get();
    }

    /** What is held now for a use. */
    public long heldBytes(Use use) {
        return account(use).held.get();
    }

    /** How much more an address could hold for a use at this moment. */
    public long roomBytes(Use use, @Nullable SocketAddress client) {
        return Math.max(0, account(use).room(client == null ? -1 : counterOf(client)));
    }

    /** Whether an address could hold so much more for a use at this moment. */
    boolean hasRoom(Use use, @Nullable SocketAddress client, long bytes) {
        return roomBytes(use, client) >= bytes || heldBytes(use) == 0;
    }

    /** How often a use has been refused room. */
    public long refusals(Use use) {
        return account(use).refusals.get();
    }

    /** For how long a client may take nothing of what waits for it: as it is set, but not while others find no room for the same. */
    public long stallNanos(Use use, long setNanos) {
        return account(use).isShort() ? Math.min(setNanos, PATIENCE_NANOS) : setNanos;
    }

    private Account account(Use use) {
        return Objects.requireNonNull(accounts.get(use));
    }

    /** Clients are told apart as those that read the log are. */
    private int counterOf(SocketAddress client) {
        InetAddress address = client instanceof InetSocketAddress inet ? inet.getAddress() : null;
        return address == null ? 0 : spread(ReadClient.networkOf(address));
    }

    private int spread(long network) {
        long mixed = (network ^ salt) * 0x9E3779B97F4A7C15L;
        return (int) (((mixed ^ (mixed >>> 32)) * 0xBF58476D1CE4E5B9L) >>> 40) & (COUNTERS - 1);
    }

    /** One use of the budget. */
    private final class Account {
        private final Use use;
        private final long mostBytes;
        private final long mostPerAddress;
        private final AtomicLong held = new AtomicLong();
        private final AtomicLongArray byAddress = new AtomicLongArray(COUNTERS);
        private final AtomicLong refusals = new AtomicLong();
        private final AtomicLong nextWarningNanos = new AtomicLong(System.nanoTime());
        private volatile long refusedAtNanos = System.nanoTime() - SHORT_NANOS;

        Account(Use use, double share) {
            this.use = use;
            mostBytes = limitBytes / Use.WHOLE * use.sixteenths;
            mostPerAddress = (long) (mostBytes * share);
        }

        void add(int counter, long bytes) {
            heldBytes.addAndGet(bytes);
            held.addAndGet(bytes);
            if (counter >= 0) {
                byAddress.addAndGet(counter, bytes);
            }
        }

        /** How much there is room for; negative when more is held than should be. */
        long room(int counter) {
            long ofUse = mostBytes - held.get();
            long inUse = use.isBeside ? ofUse : Math.min(limitBytes - heldBytes.get() + heldBeside(), ofUse);
            return counter < 0 ? inUse : Math.min(inUse, mostPerAddress - byAddress.get(counter));
        }

        private long heldBeside() {
            return account(Use.SMALL_PUBLICATIONS).held.get()
                    + account(Use.PATTERNS).held.get();
        }

        boolean isShort() {
            return System.nanoTime() - refusedAtNanos < SHORT_NANOS;
        }

        boolean refuse() {
            long now = System.nanoTime();
            refusals.incrementAndGet();
            refusedAtNanos = now;
            long due = nextWarningNanos.get();
            if (now - due >= 0 && nextWarningNanos.compareAndSet(due, now + WARNING_NANOS)) {
                log.warn("memory is short use={} held={} of={}", use, held, mostBytes);
            }
            return false;
        }
    }

    /** What one body, answer, chunk or subscription holds. Used by one thread at a time, but for {@link #close}. */
    public static final class Hold implements AutoCloseable {
        private final Account account;
        private final int counter;
        private final AtomicLong bytes = new AtomicLong();

        private Hold(Account account, int counter) {
            this.account = account;
            this.counter = counter;
        }

        /** How much it holds. */
        public long bytes() {
            return bytes.get();
        }

        /**
         * Holds so much from now on; false when there is no room, and then it holds what it held. What is alone in its use has room
         * whatever its size, so that the largest gets through on the smallest heap. It counts first and looks then: two at a time
         * may both be refused, but never both be let in where only one fits.
         */
        public boolean resize(long wanted) {
            return resize(wanted, 0);
        }

        /** As {@link #resize(long)}, but for something large, which leaves an eighth of the room to what is small. */
        public boolean resizeLarge(long wanted) {
            return resize(wanted, account.mostPerAddress / 8);
        }

        private boolean resize(long wanted, long left) {
            long more = wanted - bytes.get();
            account.add(counter, more);
            if (more > 0 && account.room(counter) < left && account.held.get() != wanted) {
                account.add(counter, -more);
                return account.refuse();
            }
            bytes.set(wanted);
            return true;
        }

        /** Holds so much from now on, whether or not there is room: it is there already. */
        public void force(long wanted) {
            account.add(counter, wanted - bytes.getAndSet(wanted));
        }

        /** Holds nothing any more. Closing again does nothing. */
        @Override
        public void close() {
            long last = bytes.getAndSet(0);
            if (last != 0) {
                account.add(counter, -last);
            }
        }
    }
}
