package dev.belfry.stream;

import dev.belfry.Event;
import dev.belfry.Gap;
import dev.belfry.Position;
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
    /** Encodes a chunk that was read behind a position. */
    static Replay of(StreamFormat format, Position from, List<Event> events, Position next) {
        boolean lasts = events.stream().allMatch(event -> event.expires() == null) && !next.equals(from);
        return new Replay(events.isEmpty() ? null : format.encode(events), next, events.size(), null, lasts);
    }

    /** Encodes a chunk with a gap in front of it. */
    static Replay of(StreamFormat format, Position from, List<Event> events, Position next, Gap gap, Instant now) {
        List<Event> withGap = new ArrayList<>(events.size() + 1);
        withGap.add(gap.toEvent(now));
        withGap.addAll(events);
        Replay replay = of(format, from, withGap, next);
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
