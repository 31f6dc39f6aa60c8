package dev.belfry.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.belfry.Event;
import dev.belfry.Topic;
import dev.belfry.wire.EndReason;
import dev.belfry.wire.EventEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import java.util.List;

/** The framing around the bytes of events. */
public enum Framing {
    /** HTTP/1.1 chunks (RFC 9112, 7.1). */
    CHUNKS {
        @Override
        void write(List<Event> events, EventEncoder encoder, ByteBuf out) {
            // the body behind room for the header, then the header right in front of it
            out.writerIndex(CHUNK_HEADER_BYTES);
            events.forEach(event -> encoder.encode(event, out));
            byte[] header = (Integer.toHexString(out.writerIndex() - CHUNK_HEADER_BYTES) + "\r\n").getBytes(US_ASCII);
            out.writeBytes(CRLF);
            out.setBytes(CHUNK_HEADER_BYTES - header.length, header);
            out.readerIndex(CHUNK_HEADER_BYTES - header.length);
        }

        @Override
        ByteBuf heartbeat(byte[] sign) {
            return chunk(sign);
        }

        @Override
        ByteBuf end(byte[] lastWords, EndReason reason) {
            return chunk(lastWords).writeBytes(LAST_CHUNK);
        }
    },

    /** Nothing: the body ends with the connection. */
    NONE,

    /** HTTP/2 DATA frames (RFC 9113, 6.1). */
    HTTP2 {
        @Override
        Object message(ByteBuf bytes, boolean last) {
            return new DefaultHttp2DataFrame(bytes, last);
        }
    },

    /** One text message for each event (RFC 6455); the frames of a server have no mask, so they can be shared too. */
    WEBSOCKET {
        @Override
        void write(List<Event> events, EventEncoder encoder, ByteBuf out) {
            events.forEach(event -> writeText(event, encoder, out));
        }

        @Override
        ByteBuf heartbeat(byte[] sign) {
            return Unpooled.directBuffer(2).writeByte(WEBSOCKET_PING).writeByte(0);
        }

        @Override
        ByteBuf end(byte[] lastWords, EndReason reason) {
            ByteBuf out = Unpooled.directBuffer(lastWords.length + 64);
            if (lastWords.length > 0) {
                writeTextHeader(lastWords.length, out);
                out.writeBytes(lastWords);
            }
            String why = reason == EndReason.SHUTDOWN ? "" : reason.code();
            out.writeByte(WEBSOCKET_CLOSE).writeByte(2 + why.length());
            out.writeShort(reason == EndReason.SHUTDOWN ? SERVICE_RESTART : UNAUTHORIZED);
            out.writeCharSequence(why, US_ASCII);
            return out;
        }
    };

    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(US_ASCII);
    private static final int CHUNK_HEADER_BYTES = 10;
    private static final int EVENT_OVERHEAD_BYTES = 192;
    private static final byte WEBSOCKET_TEXT = (byte) 0x81;
    private static final byte WEBSOCKET_PING = (byte) 0x89;
    private static final byte WEBSOCKET_CLOSE = (byte) 0x88;
    private static final int SERVICE_RESTART = 1012;

    /** Registered with IANA under this name. */
    private static final int UNAUTHORIZED = 3000;

    /** The bytes of events; the caller releases them. */
    ByteBuf encode(List<Event> events, EventEncoder encoder) {
        ByteBuf out = ByteBufAllocator.DEFAULT.directBuffer(sizeEstimate(events));
        try {
            write(events, encoder, out);
            return out;
        } catch (RuntimeException | Error e) {
            out.release();
            throw e;
        }
    }

    void write(List<Event> events, EventEncoder encoder, ByteBuf out) {
        events.forEach(event -> encoder.encode(event, out));
    }

    /** How many bytes events take, about; a chunk with many escapes takes more. */
    static int sizeEstimate(List<Event> events) {
        long size = 2L * CHUNK_HEADER_BYTES;
        for (Event event : events) {
            int data = event.data().utf8().length;
            size += EVENT_OVERHEAD_BYTES + data + data / 16L;
            for (Topic topic : event.topics()) {
                size += topic.name().length();
            }
        }
        return (int) Math.min(size, Integer.MAX_VALUE / 2);
    }

    /** The encoder's heartbeat, framed. */
    ByteBuf heartbeat(byte[] sign) {
        return Unpooled.directBuffer(sign.length).writeBytes(sign);
    }

    /** The encoder's last words, and the end of the body. */
    ByteBuf end(byte[] lastWords, EndReason reason) {
        return Unpooled.directBuffer(lastWords.length).writeBytes(lastWords);
    }

    /** The message for a channel that these bytes make; takes over the buffer. */
    Object message(ByteBuf bytes, boolean last) {
        return bytes;
    }

    private static ByteBuf chunk(byte[] bytes) {
        ByteBuf out = Unpooled.directBuffer(bytes.length + 16);
        if (bytes.length > 0) {
            out.writeCharSequence(Integer.toHexString(bytes.length), US_ASCII);
            out.writeBytes(CRLF).writeBytes(bytes).writeBytes(CRLF);
        }
        return out;
    }

    private static void writeText(Event event, EventEncoder encoder, ByteBuf out) {
        ByteBuf text = ByteBufAllocator.DEFAULT.heapBuffer(sizeEstimate(List.of(event)));
        try {
            encoder.encode(event, text);
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
}
