package dev.belfry.mercure;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.belfry.Event;
import dev.belfry.Gap;
import dev.belfry.wire.EndReason;
import dev.belfry.wire.EventEncoder;
import dev.belfry.wire.SseFormat;
import io.netty.buffer.ByteBuf;
import java.time.Instant;

/**
 * An update of either version. Its id is the publisher's, or else our position. It comes last: some clients note it when they read its
 * line, and would count an update as seen that a broken connection cuts off in front of its data.
 *
 * <p>A gap is a comment: Mercure has no word for one in a stream, and a client would take any event for an update. The id
 * behind it says where to go on.
 */
final class MercureEncoder implements EventEncoder {
    static final EventEncoder INSTANCE = new MercureEncoder();

    private MercureEncoder() {}

    @Override
    public String name() {
        return "mercure";
    }

    @Override
    public void encode(Event event, ByteBuf out) {
        if (event.event().equals(Gap.EVENT)) {
            SseFormat.writeComment("gap " + event.data(), out);
        } else {
            SseFormat.writeEventName(event.event(), out);
            SseFormat.writeData(event.data().utf8(), out);
        }
        SseFormat.writeId(idOf(event), out);
        out.writeByte('\n');
    }

    static String idOf(Event event) {
        String alias = event.alias();
        return alias == null ? event.position().toString() : alias;
    }

    @Override
    public byte[] heartbeat() {
        return SseFormat.COMMENT;
    }

    /** Without a word why: Mercure has none, and a client that comes back is told by the status. */
    @Override
    public byte[] end(EndReason reason, Instant time, long retryMillis) {
        return ("retry: " + retryMillis + "\n\n").getBytes(US_ASCII);
    }
}
