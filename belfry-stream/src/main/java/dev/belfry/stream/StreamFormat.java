package dev.belfry.stream;

import dev.belfry.Event;
import dev.belfry.wire.EndReason;
import dev.belfry.wire.EventEncoder;
import io.netty.buffer.ByteBuf;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How events stand on a connection. The bytes are the same for every subscriber with the same format, framing included, so
 * that they are made once and shared. {@link #of} gives one object for equal formats.
 *
 * @param encoder what is written for an event
 * @param framing what stands around it
 */
public record StreamFormat(EventEncoder encoder, Framing framing) {
    private static final Map<StreamFormat, StreamFormat> ALL = new ConcurrentHashMap<>();

    /** The one format with this encoder and framing. */
    public static StreamFormat of(EventEncoder encoder, Framing framing) {
        StreamFormat format = new StreamFormat(encoder, framing);
        StreamFormat known = ALL.putIfAbsent(format, format);
        return known == null ? format : known;
    }

    /** The formats of Belfry's own transports. */
    public static List<StreamFormat> supported() {
        List<StreamFormat> formats = new ArrayList<>();
        for (EventEncoder encoder : List.of(EventEncoder.SSE, EventEncoder.NDJSON)) {
            for (Framing framing : List.of(Framing.CHUNKS, Framing.NONE, Framing.HTTP2)) {
                formats.add(of(encoder, framing));
            }
        }
        formats.add(of(EventEncoder.JSON, Framing.WEBSOCKET));
        return formats;
    }

    /** The transport's name for metrics: {@code websocket}, or the encoder's. */
    public String transport() {
        return framing == Framing.WEBSOCKET ? "websocket" : encoder.name();
    }

    boolean isHttp2() {
        return framing == Framing.HTTP2;
    }

    /** What is given to the channel for bytes of this format; takes over the buffer. */
    Object message(ByteBuf bytes) {
        return framing.message(bytes, false);
    }

    /** The bytes of one event, framed. The caller releases them. */
    ByteBuf encode(Event event) {
        return encode(List.of(event));
    }

    /** The bytes of events, framed: as one chunk where chunks are, as a message for each where messages are. */
    ByteBuf encode(List<Event> events) {
        return framing.encode(events, encoder);
    }

    /** What a silent stream sends so that both sides notice a dead connection: no event, and no id. */
    ByteBuf heartbeat() {
        return framing.heartbeat(encoder.heartbeat());
    }

    /** The last message of a stream that the server ends: why, where it is told, and the time after which to come back. */
    Object lastMessage(EndReason reason, Instant time, long retryMillis) {
        return framing.message(framing.end(encoder.end(reason, time, retryMillis), reason), true);
    }
}
