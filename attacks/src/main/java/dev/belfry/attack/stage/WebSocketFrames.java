package dev.belfry.attack.stage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;

/** Frames of a WebSocket client (RFC 6455), masked with zeros. */
public final class WebSocketFrames {
    private static final int LAST = 0x80;
    private static final int TEXT = 1;
    private static final int PING = 9;
    private static final int MASKED = 0x80;

    private WebSocketFrames() {}

    /** A complete message. */
    public static byte[] text(String text) {
        byte[] payload = text.getBytes(UTF_8);
        return Requests.joined(textHead(payload.length), payload);
    }

    /** The head of a message of so many bytes. */
    public static byte[] textHead(long payloadBytes) {
        return head(LAST | TEXT, payloadBytes);
    }

    public static byte[] ping() {
        return head(LAST | PING, 0);
    }

    private static byte[] head(int first, long payloadBytes) {
        int mask = 4;
        ByteBuffer head = ByteBuffer.allocate(10 + mask).put((byte) first);
        if (payloadBytes < 126) {
            head.put((byte) (MASKED | payloadBytes));
        } else if (payloadBytes <= 0xFFFF) {
            head.put((byte) (MASKED | 126)).putShort((short) payloadBytes);
        } else {
            head.put((byte) (MASKED | 127)).putLong(payloadBytes);
        }
        head.putInt(0);
        return java.util.Arrays.copyOf(head.array(), head.position());
    }
}
