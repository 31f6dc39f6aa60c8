package dev.belfry.stream;

import dev.belfry.Chunk;
import dev.belfry.Event;
import dev.belfry.Position;
import dev.belfry.ReadLimits;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chunks of the log for the subscribers of one shard that are BEHIND. Those of a group who are at the same place get the same
 * bytes: a chunk is read and encoded once for all who ask while it is being read, and kept for a moment for those who come
 * next, so that a crowd that returns after a break costs little more than one of them.
 *
 * <p>Owned by the shard's event loop; a chunk is read and encoded on a reader thread of the hub.
 */
final class ReplayCache {
    private static final Logger log = LoggerFactory.getLogger(ReplayCache.class);
    private static final int MAX_CHUNK_EVENTS = 2048;
    private static final int MAX_KEPT = 256;
    private static final long MAX_KEPT_BYTES = 4 << 20;

    /** Equal for those who get the same chunk. */
    private record Key(Group group, Position from, int maxBytes) {}

    /**
     * A chunk.
     *
     * @param bytes its events, framed; null when there are none
     * @param next where they lead to
     * @param lasts whether they may be given to one who asks later, too
     */
    private record Replay(@Nullable ByteBuf bytes, Position next, boolean lasts) {
        int size() {
            return bytes == null ? 0 : bytes.readableBytes();
        }

        @Nullable
        ByteBuf share() {
            return bytes == null ? null : bytes.retainedDuplicate();
        }
    }

    /** What somebody waited for, until it is his turn. */
    private record Ready(
            Subscriber subscriber, Key key, @Nullable ByteBuf bytes, Position next) {
        void hand() {
            subscriber.replayed(key.group, key.from, next, bytes);
        }
    }

    private final Shard shard;
    private final EventLoop loop;
    private final Map<Key, List<Subscriber>> reading = new HashMap<>();
    private final Map<Key, Replay> kept = new LinkedHashMap<>();
    private long keptBytes;
    private final ArrayDeque<Ready> ready = new ArrayDeque<>();

    ReplayCache(Shard shard, EventLoop loop) {
        this.shard = shard;
        this.loop = loop;
    }

    /**
     * Asks for what follows a place, until there are so many bytes of data. {@link Subscriber#replayed} is called with it, now or
     * later.
     */
    void ask(Subscriber subscriber, Position from, int maxBytes) {
        Key key = new Key(subscriber.group(), from, maxBytes);
        Replay replay = kept.get(key);
        if (replay != null) {
            subscriber.replayed(key.group, from, replay.next, replay.share());
            return;
        }
        List<Subscriber> others = reading.get(key);
        if (others != null) {
            others.add(subscriber);
        } else {
            make(key, subscriber);
        }
    }

    // ---- making one

    /** From the shard's tail if that reaches far enough back, else from the log. */
    private void make(Key key, Subscriber subscriber) {
        List<Event> tail = shard.tail(key.from);
        if (tail == null) {
            read(key, subscriber);
            return;
        }
        Replay replay = ofTail(key, tail);
        ByteBuf bytes = replay.share();
        keep(key, replay);
        subscriber.replayed(key.group, key.from, replay.next, bytes);
    }

    /** Takes no more of the tail at once than of the log: a client that reads nothing costs no more than a chunk. */
    private Replay ofTail(Key key, List<Event> tail) {
        List<Event> chunk = new ArrayList<>();
        Position next = key.from;
        Instant now = shard.hub().clock().instant();
        int bytes = 0;
        for (int i = 0; i < tail.size() && bytes < key.maxBytes; i++) {
            Event event = tail.get(i);
            next = event.position();
            if (key.group.filter().accepts(event) && !event.isExpired(now)) {
                chunk.add(event);
                bytes += event.data().utf8().length;
            }
        }
        return encode(key, chunk, next);
    }

    private static Replay encode(Key key, List<Event> events, Position next) {
        boolean lasts = events.stream().allMatch(event -> event.expires() == null) && !next.equals(key.from);
        return new Replay(events.isEmpty() ? null : key.group.format().encode(events), next, lasts);
    }

    private void read(Key key, Subscriber subscriber) {
        List<Subscriber> waiting = new ArrayList<>(1);
        waiting.add(subscriber);
        reading.put(key, waiting);
        try {
            shard.hub().readers().execute(() -> readChunk(key));
        } catch (RejectedExecutionException e) {
            reading.remove(key);
            subscriber.breakOff(e);
        }
    }

    /** On a reader thread. */
    private void readChunk(Key key) {
        long began = System.nanoTime();
        try {
            ReadLimits limits = new ReadLimits(MAX_CHUNK_EVENTS, key.maxBytes);
            Chunk chunk = shard.hub().log().read(key.group.filter(), key.from, limits);
            Replay replay = encode(key, withGap(chunk), chunk.next());
            long nanos = System.nanoTime() - began;
            onLoop(() -> wasRead(key, replay, nanos), replay.bytes);
        } catch (RuntimeException | OutOfMemoryError e) {
            log.warn("replay failed from={} cause={}", key.from, e.toString());
            onLoop(() -> failed(key), null);
        }
    }

    private List<Event> withGap(Chunk chunk) {
        if (chunk.gap() == null) {
            return chunk.events();
        }
        List<Event> events = new ArrayList<>(chunk.events().size() + 1);
        events.add(chunk.gap().toEvent(shard.hub().clock().instant()));
        events.addAll(chunk.events());
        return events;
    }

    private void onLoop(Runnable task, @Nullable ByteBuf bytes) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            ReferenceCountUtil.release(bytes);
        }
    }

    // ---- on the event loop: giving it

    /** While events come in, a replay rests for half of the time that it works: they share the processor with it. */
    private void wasRead(Key key, Replay replay, long nanos) {
        if (shard.isServing()) {
            loop.schedule(() -> give(key, replay), nanos / 2, TimeUnit.NANOSECONDS);
        } else {
            give(key, replay);
        }
    }

    private void give(Key key, Replay replay) {
        for (Subscriber subscriber : noLongerReading(key)) {
            ready.add(new Ready(subscriber, key, replay.share(), replay.next));
        }
        keep(key, replay);
        shard.schedule();
    }

    private void failed(Key key) {
        noLongerReading(key).forEach(Subscriber::end);
    }

    /** Who has waited. */
    private List<Subscriber> noLongerReading(Key key) {
        List<Subscriber> waiting = reading.remove(key);
        return waiting == null ? List.of() : waiting;
    }

    private void keep(Key key, Replay replay) {
        if (!replay.lasts || !shard.isActive()) {
            ReferenceCountUtil.release(replay.bytes);
            return;
        }
        kept.put(key, replay);
        keptBytes += replay.size();
        Iterator<Replay> oldest = kept.values().iterator();
        while (kept.size() > MAX_KEPT || keptBytes > MAX_KEPT_BYTES) {
            Replay first = oldest.next();
            oldest.remove();
            drop(first);
        }
    }

    private void drop(Replay replay) {
        keptBytes -= replay.size();
        ReferenceCountUtil.release(replay.bytes);
    }

    /** Hands out some of what has been read since, and returns how many got something. */
    int deliver(int max) {
        int done = 0;
        for (; done < max && !ready.isEmpty(); done++) {
            ready.removeFirst().hand();
        }
        return done;
    }

    boolean isOwing() {
        return !ready.isEmpty();
    }

    /** Keeps nothing any more. */
    void forget() {
        kept.values().forEach(this::drop);
        kept.clear();
    }

    boolean isEmpty() {
        return kept.isEmpty() && reading.isEmpty() && ready.isEmpty();
    }
}
