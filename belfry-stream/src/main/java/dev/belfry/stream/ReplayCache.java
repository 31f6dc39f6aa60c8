package dev.belfry.stream;

import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.Position;
import dev.belfry.stream.MemoryBudget.Hold;
import java.net.SocketAddress;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Chunks of the log for the subscribers of one shard that are BEHIND. Those of a group at the same place get the same bytes: a
 * chunk is made once, from the shard's tail if that reaches far enough back, else from the log, and kept for a moment for those
 * that come next. So a crowd that returns after a break costs little more than one of it. Owned by the shard's event loop.
 */
final class ReplayCache {
    private static final int MAX_KEPT = 256;
    private static final long MAX_KEPT_BYTES = 4 << 20;

    /** What a costly filter may cost here, in nanoseconds; beyond it a reader thread does it, on the log. */
    private static final long MAX_TAIL_STEPS = 32_000;

    private final Tail tail;
    private final ReplayReads reads;
    private final Clock clock;
    private final boolean sharesChunks;
    private final MemoryBudget budget;
    private final Map<ReplayRequest, Replay> kept = new LinkedHashMap<>();
    private long keptBytes;
    private boolean keeps;

    /** @param sharesChunks whether a chunk is given to more than one subscriber */
    ReplayCache(Tail tail, ReplayReads reads, Clock clock, boolean sharesChunks, MemoryBudget budget) {
        this.tail = tail;
        this.reads = reads;
        this.clock = clock;
        this.sharesChunks = sharesChunks;
        this.budget = budget;
        reads.onRead(this::keep);
    }

    /** Keeps chunks from now on. */
    void open() {
        keeps = true;
    }

    /** Keeps nothing any more. */
    void close() {
        keeps = false;
        forget();
    }

    /** Asks for what follows a position; calls {@link Subscriber#replayed} now or later. */
    void ask(Subscriber subscriber, Feed feed, Position from, int maxBytes) {
        ReplayRequest request = new ReplayRequest(feed, from, maxBytes, sharesChunks ? null : subscriber);
        Replay replay = find(request, subscriber);
        if (replay == null) {
            reads.add(request, subscriber);
            return;
        }
        try {
            subscriber.replayed(feed, from, replay);
        } finally {
            replay.release();
        }
    }

    /** What is at hand, retained for the caller. */
    private @Nullable Replay find(ReplayRequest request, Subscriber subscriber) {
        Replay replay = kept.get(request);
        if (replay != null) {
            replay.retain();
            return replay;
        }
        List<Event> events = tail.after(request.from());
        return events == null || isTooMuch(request.feed().key().filter(), events)
                ? null
                : ofTail(request, events, subscriber.address());
    }

    private static boolean isTooMuch(EventFilter filter, List<Event> events) {
        return filter.isCostly() && events.stream().mapToLong(filter::maxSteps).sum() > MAX_TAIL_STEPS;
    }

    /**
     * Takes no more of the tail at once than of the log: a client that reads nothing costs no more than a chunk. Null when there is no
     * room for it; to read it later is what the log is for.
     */
    private @Nullable Replay ofTail(ReplayRequest request, List<Event> events, @Nullable SocketAddress client) {
        List<Event> chunk = new ArrayList<>();
        Position next = request.from();
        Instant now = clock.instant();
        int bytes = 0;
        for (int i = 0; i < events.size() && bytes < request.maxBytes(); i++) {
            Event event = events.get(i);
            next = event.position();
            if (request.feed().key().filter().accepts(event) && !event.isExpired(now)) {
                chunk.add(event);
                bytes += event.data().utf8().length;
            }
        }
        Hold room = ChunkRoom.take(budget, client, chunk);
        if (room == null) {
            return null;
        }
        Replay replay = Replay.of(request.feed().key().format(), request.from(), chunk, next, room);
        keep(request, replay);
        return replay;
    }

    private void keep(ReplayRequest request, Replay replay) {
        // what found nothing would only push out what did
        if (!keeps || !sharesChunks || !replay.lasts() || replay.bytes() == null) {
            return;
        }
        drop(kept.put(request, replay));
        replay.retain();
        keptBytes += replay.size();
        Iterator<Replay> oldest = kept.values().iterator();
        while (kept.size() > MAX_KEPT || keptBytes > MAX_KEPT_BYTES) {
            Replay first = oldest.next();
            oldest.remove();
            drop(first);
        }
    }

    private void drop(@Nullable Replay replay) {
        if (replay != null) {
            keptBytes -= replay.size();
            replay.release();
        }
    }

    /** Forgets all chunks; what is being read is given nevertheless. */
    void forget() {
        kept.values().forEach(this::drop);
        kept.clear();
    }

    boolean isEmpty() {
        return kept.isEmpty();
    }
}
