package dev.belfry.stream;

import dev.belfry.Event;
import dev.belfry.Gap;
import dev.belfry.Position;
import dev.belfry.stream.MemoryBudget.Hold;
import io.netty.buffer.ByteBuf;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A chunk of the log as it stands on the wire. Each holder retains it.
 *
 * @param bytes its events, framed; null when there are none
 * @param next the position that they lead to
 * @param events how many events it has
 * @param gap what may be missing in front of them; null when nothing is
 * @param lasts whether a subscriber that asks later may have it too
 */
record Replay(
        @Nullable ByteBuf bytes,
        Position next,
        int events,
        @Nullable Gap gap,
        boolean lasts) {
    /** Encodes a chunk that was read behind a position, and takes over its room. */
    static Replay of(StreamFormat format, Position from, List<Event> events, Position next, Hold room) {
        boolean lasts = events.stream().allMatch(event -> event.expires() == null) && !next.equals(from);
        return new Replay(encode(format, events, room), next, events.size(), null, lasts);
    }

    private static @Nullable ByteBuf encode(StreamFormat format, List<Event> events, Hold room) {
        if (events.isEmpty()) {
            room.close();
            return null;
        }
        return ChunkRoom.encode(format, events, room);
    }

    /** Encodes a chunk with a gap in front of it. */
    static Replay of(
            StreamFormat format, Position from, List<Event> events, Position next, Gap gap, Instant now, Hold room) {
        List<Event> withGap = new ArrayList<>(events.size() + 1);
        withGap.add(gap.toEvent(now));
        withGap.addAll(events);
        Replay replay = of(format, from, withGap, next, room);
        return new Replay(replay.bytes, next, events.size(), gap, replay.lasts);
    }

    int size() {
        return bytes == null ? 0 : bytes.readableBytes();
    }

    void retain() {
        if (bytes != null) {
            bytes.retain();
        }
    }

    void release() {
        if (bytes != null) {
            bytes.release();
        }
    }
}
