package dev.belfry.webflux;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.Event;
import io.netty.buffer.ByteBuf;

/**
 * The bytes of Server-Sent Events, as the WHATWG HTML standard has them in section 9.2.
 *
 * <p>Every field has the space behind its colon: a reader takes one away, and without it a value that begins with a space
 * would lose its own.
 */
final class SseFormat {
    /** A comment that says nothing: it opens a stream at once and keeps it alive, and changes no id. */
    static final byte[] COMMENT = ":\n\n".getBytes(US_ASCII);

    private static final byte[] ID = "id: ".getBytes(US_ASCII);
    private static final byte[] EVENT = "event: ".getBytes(US_ASCII);
    private static final byte[] DATA = "data: ".getBytes(US_ASCII);
    private static final byte[] RETRY = "retry: ".getBytes(US_ASCII);
    private static final byte[] REMARK = ": ".getBytes(US_ASCII);

    private SseFormat() {}

    static void writeEvent(Event event, ByteBuf out) {
        writeLine(ID, event.position().toString().getBytes(US_ASCII), out);
        writeLine(EVENT, event.event().getBytes(UTF_8), out);
        writeData(event.data().utf8(), out);
        out.writeByte('\n');
    }

    static void writeId(String id, ByteBuf out) {
        writeLine(ID, id.getBytes(UTF_8), out);
    }

    static void writeEventName(String name, ByteBuf out) {
        writeLine(EVENT, name.getBytes(UTF_8), out);
    }

    static void writeRetry(long millis, ByteBuf out) {
        writeLine(RETRY, Long.toString(millis).getBytes(US_ASCII), out);
    }

    /** A comment for every line. */
    static void writeComment(String comment, ByteBuf out) {
        writeLines(REMARK, comment.getBytes(UTF_8), out);
    }

    /** A {@code data} field for every line; CR, LF and CRLF end one. No bytes at all are one empty line. */
    static void writeData(byte[] utf8, ByteBuf out) {
        writeLines(DATA, utf8, out);
    }

    private static void writeLines(byte[] field, byte[] utf8, ByteBuf out) {
        int from = 0;
        for (int i = 0; i < utf8.length; i++) {
            if (utf8[i] == '\n' || utf8[i] == '\r') {
                writeLine(field, utf8, from, i, out);
                i += isCrLf(utf8, i) ? 1 : 0;
                from = i + 1;
            }
        }
        writeLine(field, utf8, from, utf8.length, out);
    }

    private static boolean isCrLf(byte[] utf8, int i) {
        return utf8[i] == '\r' && i + 1 < utf8.length && utf8[i + 1] == '\n';
    }

    private static void writeLine(byte[] field, byte[] value, ByteBuf out) {
        writeLine(field, value, 0, value.length, out);
    }

    private static void writeLine(byte[] field, byte[] value, int from, int to, ByteBuf out) {
        out.writeBytes(field).writeBytes(value, from, to - from).writeByte('\n');
    }

    /** Whether a value would end its line, and so could begin a field of its own choosing. */
    static boolean breaksLine(String value) {
        return value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0 || value.indexOf('\0') >= 0;
    }
}
