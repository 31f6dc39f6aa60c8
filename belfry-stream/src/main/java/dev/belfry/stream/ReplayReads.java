package dev.belfry.stream;

import dev.belfry.Chunk;
import dev.belfry.Hub;
import dev.belfry.Position;
import dev.belfry.ReadLimits;
import dev.belfry.Turn;
import dev.belfry.TurnQueue;
import dev.belfry.stream.MemoryBudget.Hold;
import dev.belfry.stream.MemoryBudget.Use;
import dev.belfry.wire.EndReason;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads of the log for one shard: so many at once, in a fair order, and what they found handed out in turns. Owned by the shard's event loop; a chunk is read and encoded on a reader thread of the hub.
 */
final class ReplayReads {
    /** Each may hold a chunk in memory. More would not be read sooner: the hub has a reader thread for each processor. */
    static final int MAX_UNDER_WAY = 16;

    private static final int MAX_CHUNK_EVENTS = 2048;

    /** Of them, so many look for something that may be far; the others find places, however many search. */
    static final int MAX_SEARCHES = 8;

    /** A reader thread that cannot hand over what it has read tries again, for a second in all. */
    private static final int MAX_TRIES = 100;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Hub hub;
    private final EventLoop loop;
    private final FailureLog failures;
    private final MemoryBudget budget;
    private final BooleanSupplier isServing;
    private final Runnable schedule;
    private BiConsumer<ReplayRequest, Replay> onRead = (request, replay) -> {};

    private final Map<ReplayRequest, List<Subscriber>> waiting = new HashMap<>();
    private final TurnQueue<ReplayRequest> queue = new TurnQueue<>();
    private int underWay;
    private int searchesUnderWay;
    private final ArrayDeque<Ready> ready = new ArrayDeque<>();
    private final ArrayDeque<Starving> starving = new ArrayDeque<>();

    /** A chunk and the subscribers that wait for their turn to get it. */
    private record Ready(ReplayRequest request, Replay replay, ArrayDeque<Subscriber> subscribers) {}

    /** What was read in vain, for there was no room to hand it out; its subscribers still wait. */
    private record Starving(
            ReplayRequest request,
            ReplayFlow flow,
            @Nullable SocketAddress address,
            long bytes) {}

    /**
     * @param isServing whether live events are being delivered, which share the processor with reads
     * @param schedule asks for a turn, which calls {@link #deliver}
     */
    ReplayReads(
            Hub hub,
            EventLoop loop,
            FailureLog failures,
            MemoryBudget budget,
            BooleanSupplier isServing,
            Runnable schedule) {
        this.hub = hub;
        this.loop = loop;
        this.failures = failures;
        this.budget = budget;
        this.isServing = isServing;
        this.schedule = schedule;
    }

    /** Sets the listener for each chunk that was read. */
    void onRead(BiConsumer<ReplayRequest, Replay> listener) {
        onRead = listener;
    }

    /** Reads for a subscriber, together with others that wait for the same. */
    void add(ReplayRequest request, Subscriber subscriber) {
        List<Subscriber> others = waiting.get(request);
        if (others != null) {
            others.add(subscriber);
            return;
        }
        List<Subscriber> first = new ArrayList<>(1);
        first.add(subscriber);
        waiting.put(request, first);
        try {
            queue.add(request.feed().replays(subscriber).ofShard(), request);
        } catch (RuntimeException | Error e) {
            waiting.remove(request);
            throw e;
        }
        startSome();
    }

    private void startSome() {
        for (Turn<ReplayRequest> next = next(); next != null; next = next()) {
            List<Subscriber> readers = waiting.getOrDefault(next.work(), List.of());
            readers.removeIf(Subscriber::hasLeft);
            if (readers.isEmpty()) {
                waiting.remove(next.work());
            } else {
                start(next, readers.get(0));
            }
        }
    }

    /** Chunks that have not been handed out count too: they are in memory. */
    private @Nullable Turn<ReplayRequest> next() {
        if (underWay + ready.size() >= MAX_UNDER_WAY) {
            return null;
        }
        return searchesUnderWay < MAX_SEARCHES ? queue.poll() : queue.pollReader();
    }

    private void start(Turn<ReplayRequest> turn, Subscriber first) {
        ReplayFlow flow = turn.work().feed().replays(first);
        boolean isSearch = flow.ofShard().isSearching();
        try {
            hub.readers().execute(flow.ofHub(), new Read(turn, flow, isSearch, first.address()));
        } catch (RuntimeException | Error e) {
            noLongerWaiting(turn.work()).forEach(subscriber -> subscriber.breakOff(e));
            return;
        }
        underWay++;
        searchesUnderWay += isSearch ? 1 : 0;
    }

    // ---- on a reader thread

    /**
     * One turn, whether or not it finds anything: the next one is asked for on the event loop, by subscribers that are still there.
     * Whatever is thrown, subscribers that wait for an answer get one.
     */
    private final class Read implements Runnable {
        private final Turn<ReplayRequest> turn;
        private final ReplayFlow flow;
        private final boolean isSearch;
        private final @Nullable SocketAddress address;

        /** What was found; null where there was no room for it, or the read failed. */
        private @Nullable Replay replay;

        private @Nullable Starving starving;
        private long nanos;

        Read(Turn<ReplayRequest> turn, ReplayFlow flow, boolean isSearch, @Nullable SocketAddress address) {
            this.turn = turn;
            this.flow = flow;
            this.isSearch = isSearch;
            this.address = address;
        }

        @Override
        public void run() {
            long began = System.nanoTime();
            try {
                read();
            } catch (Throwable e) {
                failures.warn("replay failed", turn.work().from(), e);
            }
            nanos = System.nanoTime() - began;
            handOver();
        }

        private void read() {
            ReplayRoom room = new ReplayRoom(budget, address);
            try {
                Chunk chunk = readChunk(turn.work(), flow, room);
                Hold hold = getsOn(chunk, room) ? room.of(chunk.events()) : null;
                if (hold == null) {
                    starving = new Starving(turn.work(), flow, address, room.lackingBytes());
                } else {
                    replay = replayOf(turn.work(), chunk, hold);
                }
            } catch (RuntimeException | Error e) {
                room.close();
                throw e;
            }
        }

        /** Not where the first event is one for which there is no room. */
        private boolean getsOn(Chunk chunk, ReplayRoom room) {
            return room.lackingBytes() == 0
                    || chunk.gap() != null
                    || !chunk.next().equals(turn.work().from());
        }

        /** Without an answer the subscribers would wait for ever, and the place of the read would be lost. */
        private void handOver() {
            for (int i = 1; ; i++) {
                try {
                    loop.execute(() -> wasRead(this));
                    return;
                } catch (RejectedExecutionException e) {
                    release(replay); // the loop has ended, and its subscribers with it
                    return;
                } catch (RuntimeException | Error e) {
                    if (i == MAX_TRIES) {
                        release(replay);
                        hub.fail("replay", e);
                        return;
                    }
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        }
    }

    private Chunk readChunk(ReplayRequest request, ReplayFlow flow, ReplayRoom room) {
        ReadLimits limits =
                new ReadLimits(MAX_CHUNK_EVENTS, request.maxBytes()).turn().in(room);
        Chunk chunk = hub.log().read(request.feed().key().filter(), request.from(), limits);
        flow.read(chunk);
        return chunk;
    }

    private Replay replayOf(ReplayRequest request, Chunk chunk, Hold room) {
        Position from = request.from();
        StreamFormat format = request.feed().key().format();
        return chunk.gap() == null
                ? Replay.of(format, from, chunk.events(), chunk.next(), room)
                : Replay.of(
                        format,
                        from,
                        chunk.events(),
                        chunk.next(),
                        chunk.gap(),
                        hub.clock().instant(),
                        room);
    }

    private static void release(@Nullable Replay replay) {
        if (replay != null) {
            replay.release();
        }
    }

    // ---- on the event loop

    /** While events come in, a read rests for half of the time that it works. */
    private void wasRead(Read read) {
        read.turn.took(read.nanos);
        Replay replay = read.replay;
        if (read.starving != null) {
            ended(read);
            starving.add(read.starving);
            startSome();
        } else if (replay == null) {
            ended(read);
            noLongerWaiting(read.turn.work()).forEach(subscriber -> subscriber.end(EndReason.SHUTDOWN));
            startSome();
        } else if (!isServing.getAsBoolean() || !rest(read, replay)) {
            give(read, replay);
        }
    }

    /** False when there is no memory for it. */
    private boolean rest(Read read, Replay replay) {
        try {
            loop.schedule(() -> give(read, replay), read.nanos / 2, TimeUnit.NANOSECONDS);
            return true;
        } catch (RuntimeException | Error e) {
            return false;
        }
    }

    /** Reads again what there may be room for by now, the longest waiting first. On each tick of the shard's clock. */
    void feedStarving() {
        int places = MAX_UNDER_WAY - queue.size() - underWay - ready.size();
        long promised = 0;
        for (int i = starving.size(); i > 0; i--) {
            Starving later = starving.remove();
            if (places > 0 && hasRoom(later, promised) && isQueued(later)) {
                places--;
                promised += later.bytes;
            } else {
                starving.add(later);
            }
        }
        startSome();
    }

    /** Beside what the reads that have just been queued will find: a chunk of megabytes is not read in vain. */
    private boolean hasRoom(Starving later, long promised) {
        Use use = ChunkRoom.useOf(later.bytes);
        return promised == 0
                ? budget.hasRoom(use, later.address, later.bytes)
                : budget.roomBytes(use, later.address) >= promised + later.bytes;
    }

    /** False when there is no memory for it. */
    private boolean isQueued(Starving later) {
        try {
            queue.add(later.flow.ofShard(), later.request);
            return true;
        } catch (RuntimeException | Error e) {
            return false;
        }
    }

    /** Forgets what waits for room, when nobody is left. */
    void forgetStarving() {
        starving.forEach(later -> waiting.remove(later.request));
        starving.clear();
    }

    private void ended(Read read) {
        underWay--;
        searchesUnderWay -= read.isSearch ? 1 : 0;
    }

    private void give(Read read, Replay replay) {
        ended(read);
        ReplayRequest request = read.turn.work();
        List<Subscriber> readers = noLongerWaiting(request);
        try {
            onRead.accept(request, replay);
            ready.add(new Ready(request, replay, new ArrayDeque<>(readers)));
        } catch (RuntimeException | Error e) {
            replay.release();
            readers.forEach(subscriber -> subscriber.breakOff(e));
        }
        schedule.run();
    }

    private List<Subscriber> noLongerWaiting(ReplayRequest request) {
        List<Subscriber> readers = waiting.remove(request);
        return readers == null ? List.of() : readers;
    }

    /** Hands out some of what has been read, and returns what it took, in deliveries: about {@code max}. */
    int deliver(int max) {
        int done = 0;
        for (Ready first = ready.peekFirst(); first != null && done < max; first = ready.peekFirst()) {
            Subscriber subscriber = first.subscribers.pollFirst();
            if (subscriber != null) {
                subscriber.replayed(first.request.feed(), first.request.from(), first.replay);
                done += DeliveryCost.of(first.replay.size());
            }
            if (first.subscribers.isEmpty()) {
                ready.removeFirst();
                first.replay.release();
                startSome();
            }
        }
        return done;
    }

    /** Whether something has been read and not been handed out. */
    boolean isReady() {
        return !ready.isEmpty();
    }

    /** How many reads are under way. */
    int underWay() {
        return underWay;
    }

    boolean isEmpty() {
        return waiting.isEmpty() && ready.isEmpty() && underWay == 0;
    }
}
