package dev.belfry.wire;

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
public final class SseFormat {
    /** A comment that says nothing: it opens a stream at once and keeps it alive, and changes no id. */
    public static final byte[] COMMENT = ":\n\n".getBytes(US_ASCII);

    private static final byte[] ID = "id: ".getBytes(US_ASCII);
    private static final byte[] EVENT = "event: ".getBytes(US_ASCII);
    private static final byte[] DATA = "data: ".getBytes(US_ASCII);
    private static final byte[] RETRY = "retry: ".getBytes(US_ASCII);
    private static final byte[] REMARK = ": ".getBytes(US_ASCII);

    private SseFormat() {}

    /**
     * Appends an event. The id comes last: some clients note it when they read its line, and would count an event as seen that
     * a broken connection cuts off in front of its data. The event {@code message} is what a client assumes without a name.
     */
    public static void writeEvent(Event event, ByteBuf out) {
        writeEventName(event.event(), out);
        writeData(event.data().utf8(), out);
        writeLine(ID, event.position().toString().getBytes(US_ASCII), out);
        out.writeByte('\n');
    }

    /** Appends the field {@code id}. */
    public static void writeId(String id, ByteBuf out) {
        writeLine(ID, id.getBytes(UTF_8), out);
    }

    /** Appends the field {@code event}, unless the name is the one that a client assumes without it. */
    public static void writeEventName(String name, ByteBuf out) {
        if (!name.equals("message")) {
            writeLine(EVENT, name.getBytes(UTF_8), out);
        }
    }

    /** Appends the field {@code retry}. */
    public static void writeRetry(long millis, ByteBuf out) {
        writeLine(RETRY, Long.toString(millis).getBytes(US_ASCII), out);
    }

    /** A comment for every line. */
    public static void writeComment(String comment, ByteBuf out) {
        writeLines(REMARK, comment.getBytes(UTF_8), out);
    }

    /** A {@code data} field for every line; CR, LF and CRLF end one. No bytes at all are one empty line. */
    public static void writeData(byte[] utf8, ByteBuf out) {
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
    public static boolean breaksLine(String value) {
        return value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0 || value.indexOf('\0') >= 0;
    }
}
