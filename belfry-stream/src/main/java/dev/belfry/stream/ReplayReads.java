package dev.belfry.stream;

import dev.belfry.Chunk;
import dev.belfry.Hub;
import dev.belfry.Position;
import dev.belfry.ReadLimits;
import dev.belfry.stream.MemoryBudget.Hold;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads of the log for one shard: so many at once, in the order in which they were asked for, and what they found handed out in
 * turns. Owned by the shard's event loop; a chunk is read and encoded on a reader thread of the hub.
 */
final class ReplayReads {
    /** Each may hold a chunk in memory. More would not be read sooner: the hub has a reader thread for each processor. */
    static final int MAX_UNDER_WAY = 16;

    private static final int MAX_CHUNK_EVENTS = 2048;

    private final Hub hub;
    private final EventLoop loop;
    private final FailureLog failures;
    private final MemoryBudget budget;
    private final BooleanSupplier isServing;
    private final Runnable schedule;
    private BiConsumer<ReplayRequest, Replay> onRead = (request, replay) -> {};

    private final Map<ReplayRequest, List<Subscriber>> waiting = new HashMap<>();
    private final ArrayDeque<ReplayRequest> queue = new ArrayDeque<>();
    private int underWay;
    private final ArrayDeque<Ready> ready = new ArrayDeque<>();
    private final ArrayDeque<Starving> starving = new ArrayDeque<>();

    /** A chunk and the subscribers that wait for their turn to get it. */
    private record Ready(ReplayRequest request, Replay replay, ArrayDeque<Subscriber> subscribers) {}

    /** What was read in vain, for there was no room to hand it out; its subscribers still wait. */
    private record Starving(ReplayRequest request, @Nullable SocketAddress client, long bytes) {}

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
        queue.add(request);
        startSome();
    }

    /** Chunks that have not been handed out count too: they are in memory. */
    private void startSome() {
        while (underWay + ready.size() < MAX_UNDER_WAY && !queue.isEmpty()) {
            ReplayRequest request = queue.remove();
            List<Subscriber> readers = waiting.getOrDefault(request, List.of());
            readers.removeIf(Subscriber::hasLeft);
            if (readers.isEmpty()) {
                waiting.remove(request);
            } else {
                start(request, readers.get(0).client());
            }
        }
    }

    private void start(ReplayRequest request, @Nullable SocketAddress client) {
        underWay++;
        try {
            hub.readers().execute(() -> read(request, client));
        } catch (RejectedExecutionException e) {
            underWay--;
            noLongerWaiting(request).forEach(subscriber -> subscriber.breakOff(e));
        }
    }

    // ---- on a reader thread

    /** Whatever is thrown: subscribers that wait for an answer get one. */
    private void read(ReplayRequest request, @Nullable SocketAddress client) {
        long began = System.nanoTime();
        try {
            Chunk chunk = readChunk(request);
            Hold room = ChunkRoom.take(budget, client, chunk.events());
            if (room == null) {
                Starving later = new Starving(request, client, Framing.sizeEstimate(chunk.events()));
                onLoop(() -> starved(later), null);
                return;
            }
            Replay replay = replayOf(request, chunk, room);
            long nanos = System.nanoTime() - began;
            onLoop(() -> wasRead(request, replay, nanos), replay);
        } catch (Throwable e) {
            failures.warn("replay failed", request.from(), e);
            onLoop(() -> failed(request), null);
        }
    }

    private Chunk readChunk(ReplayRequest request) {
        ReadLimits limits = new ReadLimits(MAX_CHUNK_EVENTS, request.maxBytes());
        return hub.log().read(request.feed().key().filter(), request.from(), limits);
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

    private void onLoop(Runnable task, @Nullable Replay replay) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            // the loop has ended, and its subscribers with it
            if (replay != null) {
                replay.release();
            }
        }
    }

    // ---- on the event loop

    /** While events come in, a read rests for half of the time that it works. */
    private void wasRead(ReplayRequest request, Replay replay, long nanos) {
        if (isServing.getAsBoolean()) {
            loop.schedule(() -> give(request, replay), nanos / 2, TimeUnit.NANOSECONDS);
        } else {
            give(request, replay);
        }
    }

    private void give(ReplayRequest request, Replay replay) {
        underWay--;
        onRead.accept(request, replay);
        ready.add(new Ready(request, replay, new ArrayDeque<>(noLongerWaiting(request))));
        schedule.run();
    }

    private void starved(Starving later) {
        underWay--;
        starving.add(later);
        startSome();
    }

    /** Reads again what there may be room for by now, the longest waiting first. On each tick of the shard's clock. */
    void feedStarving() {
        int places = MAX_UNDER_WAY - queue.size() - underWay - ready.size();
        for (int i = starving.size(); i > 0; i--) {
            Starving later = starving.remove();
            if (places > 0 && budget.hasRoom(ChunkRoom.useOf(later.bytes), later.client, later.bytes)) {
                places--;
                queue.add(later.request);
            } else {
                starving.add(later);
            }
        }
        startSome();
    }

    /** Forgets what waits for room, when nobody is left. */
    void forgetStarving() {
        starving.forEach(later -> waiting.remove(later.request));
        starving.clear();
    }

    private void failed(ReplayRequest request) {
        underWay--;
        noLongerWaiting(request).forEach(Subscriber::end);
        startSome();
    }

    private List<Subscriber> noLongerWaiting(ReplayRequest request) {
        List<Subscriber> readers = waiting.remove(request);
        return readers == null ? List.of() : readers;
    }

    /** Hands out some of what has been read, to {@code max} subscribers at most, and returns to how many. */
    int deliver(int max) {
        int done = 0;
        for (Ready first = ready.peekFirst(); first != null && done < max; first = ready.peekFirst()) {
            Subscriber subscriber = first.subscribers.pollFirst();
            if (subscriber != null) {
                subscriber.replayed(first.request.feed(), first.request.from(), first.replay);
                done++;
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
