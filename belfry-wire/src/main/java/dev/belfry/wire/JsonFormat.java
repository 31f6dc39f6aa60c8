package dev.belfry.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.Data;
import dev.belfry.Event;
import dev.belfry.Topic;
import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * The bytes of an event as one JSON object in one line: {@code id}, {@code topic}, {@code topics} when there are several,
 * {@code event}, {@code alias} and {@code attributes} when there are such, {@code time}, {@code data}. Characters beyond ASCII stay as they are, in UTF-8 (RFC 8259).
 */
public final class JsonFormat {
    private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);

    private JsonFormat() {}

    /** Appends an event, without a line end. */
    public static void writeEvent(Event event, ByteBuf out) {
        ascii("{\"id\":\"", out);
        ascii(event.position().toString(), out);
        ascii("\",\"topic\":", out);
        writeString(event.topic().name().getBytes(UTF_8), out);
        if (event.topics().size() > 1) {
            writeTopics(event.topics(), out);
        }
        ascii(",\"event\":", out);
        writeString(event.event().getBytes(UTF_8), out);
        if (event.alias() != null) {
            ascii(",\"alias\":", out);
            writeString(event.alias().getBytes(UTF_8), out);
        }
        Data attributes = event.notification().attributes();
        if (attributes != null) {
            ascii(",\"attributes\":", out);
            writeData(attributes, out);
        }
        ascii(",\"time\":\"", out);
        ascii(event.time().toString(), out);
        ascii("\",\"data\":", out);
        writeData(event.data(), out);
        out.writeByte('}');
    }

    private static void writeTopics(List<Topic> topics, ByteBuf out) {
        ascii(",\"topics\":", out);
        char separator = '[';
        for (Topic topic : topics) {
            out.writeByte(separator);
            writeString(topic.name().getBytes(UTF_8), out);
            separator = ',';
        }
        out.writeByte(']');
    }

    static void writeData(Data data, ByteBuf out) {
        if (data.isJson()) {
            out.writeBytes(data.utf8());
        } else {
            writeString(data.utf8(), out);
        }
    }

    /** Appends characters that need no escape. */
    public static void ascii(String text, ByteBuf out) {
        out.writeCharSequence(text, US_ASCII);
    }

    /** In quotes, with what JSON does not allow in them escaped; runs of other bytes are copied as one. */
    public static void writeString(byte[] utf8, ByteBuf out) {
        out.writeByte('"');
        int from = 0;
        for (int i = 0; i < utf8.length; i++) {
            byte b = utf8[i];
            if ((b >= 0 && b < ' ') || b == '"' || b == '\\') {
                out.writeBytes(utf8, from, i - from);
                writeEscape(b, out);
                from = i + 1;
            }
        }
        out.writeBytes(utf8, from, utf8.length - from).writeByte('"');
    }

    private static void writeEscape(byte b, ByteBuf out) {
        out.writeByte('\\');
        switch (b) {
            case '"', '\\' -> out.writeByte(b);
            case '\n' -> out.writeByte('n');
            case '\r' -> out.writeByte('r');
            case '\t' -> out.writeByte('t');
            default -> {
                ascii("u00", out);
                out.writeByte(HEX[b >> 4]).writeByte(HEX[b & 0xF]);
            }
        }
    }
}
