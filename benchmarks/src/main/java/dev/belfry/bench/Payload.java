package dev.belfry.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * The text of a measured event: a mark, the publisher, its own count of events, and the nanosecond at which it was meant to
 * be sent. Fixed width, so that it is found and read in whatever stands around it.
 */
final class Payload {
    static final byte MARK_1 = '~';
    static final byte MARK_2 = '!';
    static final int PUBLISHER_DIGITS = 2;
    static final int COUNT_DIGITS = 10;
    static final int NANOS_DIGITS = 19;
    static final int HEAD_BYTES = 2 + PUBLISHER_DIGITS + COUNT_DIGITS + NANOS_DIGITS;

    private final int size;

    Payload(int sizeBytes) {
        size = Math.max(sizeBytes, HEAD_BYTES);
    }

    int size() {
        return size;
    }

    int padding() {
        return size - HEAD_BYTES;
    }

    byte[] of(int publisher, long count, long nanos) {
        byte[] text = new byte[size];
        java.util.Arrays.fill(text, (byte) 'x');
        byte[] head = "%c%c%02d%010d%019d"
                .formatted(MARK_1, MARK_2, publisher, count, nanos)
                .getBytes(US_ASCII);
        System.arraycopy(head, 0, text, 0, head.length);
        return text;
    }
}
