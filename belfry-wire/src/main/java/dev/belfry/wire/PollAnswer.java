package dev.belfry.wire;

import dev.belfry.Chunk;
import dev.belfry.Data;
import dev.belfry.Event;
import dev.belfry.Topic;
import io.netty.buffer.ByteBuf;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The answer to a poll.
 *
 * @param events what the client gets, a gap in front
 * @param next the cursor to go on from, as it stands on the wire
 * @param more whether it ended before the head: behind {@code next} there may be more
 */
public record PollAnswer(List<Event> events, String next, boolean more) {
    private static final int OVERHEAD_BYTES = 256;

    /** What a chunk says, the gap as an event of this time. */
    public static PollAnswer of(Chunk chunk, Instant now) {
        List<Event> events = new ArrayList<>(chunk.events());
        if (chunk.gap() != null) {
            events.add(0, chunk.gap().toEvent(now));
        }
        return new PollAnswer(events, chunk.next().toString(), !chunk.headReached());
    }

    /**
     * Weak: the same events are the same answer, though the log has gone on and the next cursor with it. An answer that has nothing
     * but a place to go on from is another one for each place, or its client would never go on.
     */
    public String etag() {
        if (events.isEmpty()) {
            return more ? "W/\"none." + next + "\"" : "W/\"none\"";
        }
        Event first = events.get(0);
        Event last = events.get(events.size() - 1);
        return "W/\"" + first.position() + "." + last.position() + "." + events.size() + "\"";
    }

    /** Whether a client that sends this {@code If-None-Match} has it; compared weakly (RFC 9110, 13.1.2). */
    public boolean isMatchedBy(List<String> ifNoneMatch) {
        String opaque = etag().substring(2);
        for (String line : ifNoneMatch) {
            for (String tag : line.split(",", -1)) {
                String stripped = tag.strip();
                if (stripped.equals("*") || stripped.equals(opaque) || stripped.equals("W/" + opaque)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** How many bytes the body has, about; text with many escapes makes it larger. */
    public long sizeEstimate() {
        long bytes = OVERHEAD_BYTES;
        for (Event event : events) {
            bytes += sizeEstimate(event);
        }
        return Math.min(bytes, Integer.MAX_VALUE / 2);
    }

    /** How many bytes one event has as JSON, about. */
    public static long sizeEstimate(Event event) {
        long data = event.data().utf8().length;
        Data attributes = event.notification().attributes();
        long bytes = OVERHEAD_BYTES + data + data / 16 + (attributes == null ? 0 : attributes.utf8().length);
        for (Topic topic : event.topics()) {
            bytes += topic.name().length();
        }
        return bytes;
    }

    /** Writes the body as an array of what an encoder makes of the events, which has no place for the rest. */
    public void writeTo(ByteBuf out, EventEncoder encoder) {
        out.writeByte('[');
        for (int i = 0; i < events.size(); i++) {
            if (i > 0) {
                out.writeByte(',');
            }
            encoder.encode(events.get(i), out);
        }
        JsonFormat.ascii("]\n", out);
    }

    /** Writes the body. */
    public void writeTo(ByteBuf out) {
        JsonFormat.ascii("{\"events\":[", out);
        for (int i = 0; i < events.size(); i++) {
            if (i > 0) {
                out.writeByte(',');
            }
            JsonFormat.writeEvent(events.get(i), out);
        }
        JsonFormat.ascii("],\"next\":\"" + next + "\",\"more\":" + more + "}\n", out);
    }
}
