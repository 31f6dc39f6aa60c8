package dev.belfry.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.Event;
import dev.belfry.testkit.Wire;
import dev.belfry.wire.EventEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;

/** The formats in use, each with how a client reads it. */
@SuppressWarnings("ImmutableEnumChecker") // encoders have no state
enum TestFormat {
    SSE_CHUNKED(EventEncoder.SSE, Framing.CHUNKS),
    SSE_TO_END(EventEncoder.SSE, Framing.NONE),
    SSE_HTTP2(EventEncoder.SSE, Framing.HTTP2),
    NDJSON_CHUNKED(EventEncoder.NDJSON, Framing.CHUNKS),
    NDJSON_TO_END(EventEncoder.NDJSON, Framing.NONE),
    NDJSON_HTTP2(EventEncoder.NDJSON, Framing.HTTP2),
    WEBSOCKET(EventEncoder.JSON, Framing.WEBSOCKET);

    final StreamFormat format;

    TestFormat(EventEncoder encoder, Framing framing) {
        format = StreamFormat.of(encoder, framing);
    }

    /** The body without its framing. */
    String body(byte[] wire) {
        if (format.framing() == Framing.WEBSOCKET) {
            return String.join("", Wire.messages(wire).texts());
        }
        return format.framing() == Framing.CHUNKS ? Wire.chunks(wire).text() : new String(wire, UTF_8);
    }

    /** The body that consists of these events. */
    String body(List<Event> events) {
        ByteBuf body = Unpooled.buffer();
        events.forEach(event -> format.encoder().encode(event, body));
        return body.toString(UTF_8);
    }

    /** The ids of all events, in order, of a stream that may break off in the middle of one. */
    List<String> ids(byte[] wire) {
        if (format.framing() == Framing.WEBSOCKET) {
            return Wire.messages(wire).texts().stream().map(Wire::id).toList();
        }
        return format.encoder() == EventEncoder.SSE ? Wire.idsOfSse(body(wire)) : Wire.idsOfLines(body(wire));
    }
}
