package dev.belfry.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Frames of HTTP/2 by hand (RFC 9113), right or wrong as a test wants them. */
final class Http2Frames {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    static final int NO_ERROR = 0;
    static final int PROTOCOL_ERROR = 1;
    static final int CANCEL = 8;
    static final int ENHANCE_YOUR_CALM = 11;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** The preface and empty settings. */
    static Http2Frames connection() {
        Http2Frames frames = new Http2Frames();
        frames.bytes.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1));
        return frames.frame(SETTINGS, 0, 0, new byte[0]);
    }

    Http2Frames frame(int type, int flags, int stream, byte[] payload) {
        ByteBuffer head = ByteBuffer.allocate(9);
        head.putInt(payload.length << 8 | type).put((byte) flags).putInt(stream);
        bytes.writeBytes(head.array());
        bytes.writeBytes(payload);
        return this;
    }

    Http2Frames frame(int type, int flags, int stream, String payload) {
        return frame(type, flags, stream, payload.getBytes(ISO_8859_1));
    }

    /** A complete request without a body. */
    Http2Frames get(int stream, String... fields) {
        return frame(HEADERS, END_STREAM | END_HEADERS, stream, request("GET", fields));
    }

    /** The head of a request whose body comes. */
    Http2Frames post(int stream, String... fields) {
        return frame(HEADERS, END_HEADERS, stream, request("POST", fields));
    }

    Http2Frames reset(int stream) {
        return frame(RST_STREAM, 0, stream, number(CANCEL));
    }

    static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    /** Fields of a request to the endpoint, and more as names and values in turn. */
    static byte[] request(String method, String... fields) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(
                fields(":method", method, ":scheme", "http", ":authority", "localhost", ":path", "/api/notifications"));
        block.writeBytes(fields(fields));
        return block.toByteArray();
    }

    /** Names and values in turn, as literals without an index (RFC 7541, 6.2.2); each is shorter than 127 bytes. */
    static byte[] fields(String... namesAndValues) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndValues.length; i++) {
            if (i % 2 == 0) {
                block.write(0);
            }
            block.write(namesAndValues[i].length());
            block.writeBytes(namesAndValues[i].getBytes(ISO_8859_1));
        }
        return block.toByteArray();
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }
}
