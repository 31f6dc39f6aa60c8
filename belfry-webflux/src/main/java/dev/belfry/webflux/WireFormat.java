package dev.belfry.webflux;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.belfry.Event;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import java.util.List;

/**
 * How events stand on a connection: what is written for each, and what frames it there. The bytes are the same for every
 * subscriber with the same format, framing included, so that they are made once and shared.
 */
enum WireFormat {
    SSE_CHUNKED(Body.SSE, Framing.CHUNKED),
    SSE_TO_END(Body.SSE, Framing.NONE),
    SSE_HTTP2(Body.SSE, Framing.HTTP2),
    NDJSON_CHUNKED(Body.LINE, Framing.CHUNKED),
    NDJSON_TO_END(Body.LINE, Framing.NONE),
    NDJSON_HTTP2(Body.LINE, Framing.HTTP2),
    WEBSOCKET(Body.MESSAGE, Framing.WEBSOCKET);

    /** What is written for an event, and when there is none for a while. */
    enum Body {
        SSE,
        LINE,
        MESSAGE;

        void write(Event event, ByteBuf out) {
            switch (this) {
                case SSE -> SseFormat.writeEvent(event, out);
                case MESSAGE -> JsonFormat.writeEvent(event, out);
                case LINE -> {
                    JsonFormat.writeEvent(event, out);
                    out.writeByte('\n');
                }
            }
        }

        byte[] signOfLife() {
            return this == SSE ? SseFormat.COMMENT : new byte[] {'\n'};
        }
    }

    /** What stands around the bytes of events. */
    enum Framing {
        /** HTTP/1.1 chunks (RFC 9112, 7.1). */
        CHUNKED,
        /** Nothing: the body ends with the connection. */
        NONE,
        /** HTTP/2 DATA frames, which Netty writes as each stream's window allows. */
        HTTP2,
        /** One text message an event (RFC 6455); a server's frames have no mask, so they can be shared too. */
        WEBSOCKET
    }

    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(US_ASCII);
    private static final int CHUNK_HEADER_BYTES = 10;
    private static final int EVENT_OVERHEAD_BYTES = 192;
    private static final byte WEBSOCKET_TEXT = (byte) 0x81;
    private static final byte WEBSOCKET_PING = (byte) 0x89;
    private static final byte WEBSOCKET_CLOSE = (byte) 0x88;
    private static final int SERVICE_RESTART = 1012;

    private final Body body;
    private final Framing framing;

    WireFormat(Body body, Framing framing) {
        this.body = body;
        this.framing = framing;
    }

    static WireFormat of(Body body, Framing framing) {
        for (WireFormat format : values()) {
            if (format.body == body && format.framing == framing) {
                return format;
            }
        }
        throw new IllegalArgumentException(body + " " + framing);
    }

    boolean isHttp2() {
        return framing == Framing.HTTP2;
    }

    /** What is given to the channel for bytes of this format; takes over the buffer. */
    Object message(ByteBuf bytes) {
        return isHttp2() ? new DefaultHttp2DataFrame(bytes) : bytes;
    }

    /** The bytes of one event, framed. The caller releases them. */
    ByteBuf encode(Event event) {
        return encode(List.of(event));
    }

    /** The bytes of events, framed: as one chunk where chunks are, as a message for each where messages are. */
    ByteBuf encode(List<Event> events) {
        ByteBuf out = ByteBufAllocator.DEFAULT.directBuffer(sizeEstimate(events));
        try {
            switch (framing) {
                case CHUNKED -> writeChunk(events, out);
                case WEBSOCKET -> events.forEach(event -> writeText(event, out));
                case NONE, HTTP2 -> events.forEach(event -> body.write(event, out));
            }
            return out;
        } catch (RuntimeException | Error e) {
            out.release();
            throw e;
        }
    }

    private static int sizeEstimate(List<Event> events) {
        long size = 2L * CHUNK_HEADER_BYTES;
        for (Event event : events) {
            int data = event.data().utf8().length;
            size += EVENT_OVERHEAD_BYTES + data + data / 16L;
        }
        return (int) Math.min(size, Integer.MAX_VALUE / 2);
    }

    /** Writes the body behind room for the header, then the header right in front of it, and reads from there. */
    private void writeChunk(List<Event> events, ByteBuf out) {
        out.writerIndex(CHUNK_HEADER_BYTES);
        events.forEach(event -> body.write(event, out));
        byte[] header = (Integer.toHexString(out.writerIndex() - CHUNK_HEADER_BYTES) + "\r\n").getBytes(US_ASCII);
        out.writeBytes(CRLF);
        out.setBytes(CHUNK_HEADER_BYTES - header.length, header);
        out.readerIndex(CHUNK_HEADER_BYTES - header.length);
    }

    private void writeText(Event event, ByteBuf out) {
        ByteBuf text = ByteBufAllocator.DEFAULT.heapBuffer(sizeEstimate(List.of(event)));
        try {
            body.write(event, text);
            writeTextHeader(text.readableBytes(), out);
            out.writeBytes(text);
        } finally {
            text.release();
        }
    }

    private static void writeTextHeader(int length, ByteBuf out) {
        out.writeByte(WEBSOCKET_TEXT);
        if (length < 126) {
            out.writeByte(length);
        } else if (length < 1 << 16) {
            out.writeByte(126).writeShort(length);
        } else {
            out.writeByte(127).writeLong(length);
        }
    }

    /** What a silent stream sends so that both sides know of a dead connection: no event, and no id. */
    ByteBuf heartbeat() {
        if (framing == Framing.WEBSOCKET) {
            return Unpooled.directBuffer(2).writeByte(WEBSOCKET_PING).writeByte(0);
        }
        return frame(body.signOfLife(), false);
    }

    /** The last bytes of a stream that the server ends, with the time after which to come back where there is room for it. */
    Object lastMessage(long retryMillis) {
        ByteBuf bytes = end(retryMillis);
        return isHttp2() ? new DefaultHttp2DataFrame(bytes, true) : bytes;
    }

    private ByteBuf end(long retryMillis) {
        if (framing == Framing.WEBSOCKET) {
            return Unpooled.directBuffer(4)
                    .writeByte(WEBSOCKET_CLOSE)
                    .writeByte(2)
                    .writeShort(SERVICE_RESTART);
        }
        return frame(body == Body.SSE ? retry(retryMillis) : new byte[0], true);
    }

    private ByteBuf frame(byte[] bytes, boolean last) {
        ByteBuf out = Unpooled.directBuffer(bytes.length + 16);
        if (framing == Framing.CHUNKED && bytes.length > 0) {
            out.writeCharSequence(Integer.toHexString(bytes.length), US_ASCII);
            out.writeBytes(CRLF).writeBytes(bytes).writeBytes(CRLF);
        } else {
            out.writeBytes(bytes);
        }
        return framing == Framing.CHUNKED && last ? out.writeBytes(LAST_CHUNK) : out;
    }

    private static byte[] retry(long millis) {
        return ("retry: " + millis + "\n\n").getBytes(US_ASCII);
    }
}
