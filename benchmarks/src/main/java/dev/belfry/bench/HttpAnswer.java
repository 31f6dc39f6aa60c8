package dev.belfry.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Locale;

/** Finds where an HTTP/1.1 answer ends. */
final class HttpAnswer {
    private HttpAnswer() {}

    /** The length of the answer; -1 when more is to come. */
    static int end(byte[] bytes, int length) {
        int headEnd = headEnd(bytes, length);
        if (headEnd < 0) {
            return -1;
        }
        String head = new String(bytes, 0, headEnd, US_ASCII).toLowerCase(Locale.ROOT);
        int at = head.indexOf("\r\ncontent-length:");
        if (at >= 0) {
            int lineEnd = head.indexOf("\r\n", at + 2);
            int body = Integer.parseInt(head.substring(at + 17, lineEnd).trim());
            return length >= headEnd + body ? headEnd + body : -1;
        }
        if (head.contains("\r\ntransfer-encoding: chunked")) {
            return endsWithLastChunk(bytes, length) ? length : -1;
        }
        return headEnd;
    }

    static int headEnd(byte[] bytes, int length) {
        for (int i = 3; i < length; i++) {
            if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n' && bytes[i - 3] == '\r') {
                return i + 1;
            }
        }
        return -1;
    }

    private static boolean endsWithLastChunk(byte[] bytes, int length) {
        return length >= 5 && new String(bytes, length - 5, 5, US_ASCII).equals("0\r\n\r\n");
    }
}
