package dev.belfry.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.belfry.Event;
import io.netty.buffer.ByteBuf;
import java.time.Instant;

/** Server-Sent Events. */
final class SseEncoder implements EventEncoder {
    @Override
    public String name() {
        return "sse";
    }

    @Override
    public void encode(Event event, ByteBuf out) {
        SseFormat.writeEvent(event, out);
    }

    @Override
    public byte[] heartbeat() {
        return SseFormat.COMMENT;
    }

    @Override
    public byte[] end(EndReason reason, Instant time, long retryMillis) {
        String event =
                reason == EndReason.SHUTDOWN ? "" : "event: " + EndReason.EVENT + "\ndata: " + reason.json() + "\n";
        return ("retry: " + retryMillis + "\n" + event + "\n").getBytes(US_ASCII);
    }
}
