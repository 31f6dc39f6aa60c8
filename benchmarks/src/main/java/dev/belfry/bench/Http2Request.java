package dev.belfry.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * One GET over HTTP/2 with prior knowledge: the preface, windows so large that they need no updates, and one request whose
 * header fields are literals. Enough to read one stream.
 */
final class Http2Request {
    private static final int SETTINGS = 4;
    private static final int HEADERS = 1;
    private static final int WINDOW_UPDATE = 8;
    private static final int END_STREAM_AND_HEADERS = 5;
    private static final int MAX_WINDOW = Integer.MAX_VALUE;
    private static final int DEFAULT_WINDOW = 65_535;

    private Http2Request() {}

    static ByteBuffer of(String authority, String path, String accept) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
        frame(SETTINGS, 0, 0, setting(4, MAX_WINDOW), out);
        frame(WINDOW_UPDATE, 0, 0, number(MAX_WINDOW - DEFAULT_WINDOW), out);
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        fields.write(0x82);
        fields.write(0x86);
        literal(1, authority, fields);
        literal(4, path, fields);
        fields.write(0x0F);
        fields.write(19 - 15);
        string(accept, fields);
        frame(HEADERS, END_STREAM_AND_HEADERS, 1, fields.toByteArray(), out);
        return ByteBuffer.wrap(out.toByteArray());
    }

    private static void literal(int nameIndex, String value, ByteArrayOutputStream out) {
        out.write(nameIndex);
        string(value, out);
    }

    private static void string(String value, ByteArrayOutputStream out) {
        if (value.length() < 127) {
            out.write(value.length());
        } else {
            out.write(127);
            int rest = value.length() - 127;
            while (rest >= 128) {
                out.write(rest % 128 + 128);
                rest /= 128;
            }
            out.write(rest);
        }
        out.writeBytes(value.getBytes(US_ASCII));
    }

    private static byte[] setting(int id, int value) {
        return ByteBuffer.allocate(6).putShort((short) id).putInt(value).array();
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    private static void frame(int type, int flags, int stream, byte[] payload, ByteArrayOutputStream out) {
        out.write(payload.length >> 16);
        out.write(payload.length >> 8);
        out.write(payload.length);
        out.write(type);
        out.write(flags);
        out.writeBytes(number(stream));
        out.writeBytes(payload);
    }
}
