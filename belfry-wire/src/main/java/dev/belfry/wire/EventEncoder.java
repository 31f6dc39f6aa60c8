package dev.belfry.wire;

import dev.belfry.Event;
import io.netty.buffer.ByteBuf;
import java.time.Instant;

/**
 * How an event reads on the wire, and what a stream of events says when there is none. Stateless: one object serves all
 * threads, and subscribers with the same encoder share the bytes. Encoders are told apart by identity.
 */
public interface EventEncoder {
    /** Server-Sent Events. */
    EventEncoder SSE = new SseEncoder();

    /** One JSON object for each line. */
    EventEncoder NDJSON = new JsonEncoder("ndjson", "\n");

    /** One JSON object for each message. */
    EventEncoder JSON = new JsonEncoder("json", "");

    /** A short lower-case name for logs and metrics, e.g. {@code sse}. */
    String name();

    /** Appends an event. */
    void encode(Event event, ByteBuf out);

    /** What a silent stream sends so that both sides notice a dead connection: no event, and no id. Never to be written to. */
    byte[] heartbeat();

    /**
     * The last words of a stream that the server ends: an event that says why, without an id, unless all streams end because the
     * server {@linkplain EndReason#SHUTDOWN stops}. Empty when the encoding has none.
     *
     * @param time when it ends
     * @param retryMillis after how long the client should come back
     */
    byte[] end(EndReason reason, Instant time, long retryMillis);
}
