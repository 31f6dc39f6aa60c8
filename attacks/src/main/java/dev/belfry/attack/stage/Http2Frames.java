package dev.belfry.attack.stage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Frames of HTTP/2 by hand (RFC 9113). */
public final class Http2Frames {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int CANCEL = 8;
    private static final int INITIAL_WINDOW_SIZE = 4;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** The preface, and settings that allow so many bytes of data on each stream. */
    public static Http2Frames connection(int window) {
        Http2Frames frames = new Http2Frames();
        frames.bytes.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1));
        byte[] setting = ByteBuffer.allocate(6)
                .putShort((short) INITIAL_WINDOW_SIZE)
                .putInt(window)
                .array();
        return frames.frame(SETTINGS, 0, 0, setting);
    }

    /** A complete request; the query is as in {@link Requests#get}, fields are names and values in turn. */
    public Http2Frames get(int stream, String query, String... fields) {
        return frame(HEADERS, END_STREAM | END_HEADERS, stream, request("GET", query, fields));
    }

    /** The head of a publication whose body comes. */
    public Http2Frames post(int stream, String... fields) {
        return frame(HEADERS, END_HEADERS, stream, request("POST", "", fields));
    }

    public Http2Frames data(int stream, byte[] data) {
        return frame(DATA, 0, stream, data);
    }

    public Http2Frames reset(int stream) {
        return frame(RST_STREAM, 0, stream, number(CANCEL));
    }

    /** Allows more data, on a stream or (0) on the connection. */
    public Http2Frames window(int stream, int byteCount) {
        return frame(WINDOW_UPDATE, 0, stream, number(byteCount));
    }

    /** A head without an end, and so many pieces of it. */
    public Http2Frames endlessHead(int stream, int pieces) {
        frame(HEADERS, END_STREAM, stream, request("GET", ""));
        for (int i = 0; i < pieces; i++) {
            frame(CONTINUATION, 0, stream, field("x-" + i, "y".repeat(1000)));
        }
        return this;
    }

    private Http2Frames frame(int type, int flags, int stream, byte[] payload) {
        ByteBuffer head = ByteBuffer.allocate(9);
        head.putInt(payload.length << 8 | type).put((byte) flags).putInt(stream);
        bytes.writeBytes(head.array());
        bytes.writeBytes(payload);
        return this;
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    private static byte[] request(String method, String query, String... fields) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(field(":method", method));
        block.writeBytes(field(":scheme", "http"));
        block.writeBytes(field(":authority", "localhost"));
        String secret = Requests.ENDPOINT + "?access_token=" + Requests.SECRET;
        block.writeBytes(field(":path", query.isEmpty() ? secret : secret + '&' + query));
        for (int i = 0; i < fields.length; i += 2) {
            block.writeBytes(field(fields[i], fields[i + 1]));
        }
        return block.toByteArray();
    }

    /** A literal without an index (RFC 7541, 6.2.2). */
    private static byte[] field(String name, String value) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0);
        string(name, block);
        string(value, block);
        return block.toByteArray();
    }

    private static void string(String text, ByteArrayOutputStream block) {
        int longest = 127;
        block.write(Math.min(longest, text.length()));
        if (text.length() >= longest) {
            int rest = text.length() - longest;
            for (; rest >= 128; rest /= 128) {
                block.write(rest % 128 + 128);
            }
            block.write(rest);
        }
        block.writeBytes(text.getBytes(ISO_8859_1));
    }

    public byte[] bytes() {
        return bytes.toByteArray();
    }
}
