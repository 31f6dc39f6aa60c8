package dev.belfry.webflux;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.wire.JsonFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** Writes the JSON of an answer, field by field. */
final class JsonBody {
    private final ByteBuf out = Unpooled.buffer(256);
    private boolean needsComma;

    JsonBody begin(char bracket) {
        comma();
        out.writeByte(bracket);
        needsComma = false;
        return this;
    }

    JsonBody end(char bracket) {
        out.writeByte(bracket);
        needsComma = true;
        return this;
    }

    JsonBody name(String name) {
        comma();
        JsonFormat.ascii("\"" + name + "\":", out);
        needsComma = false;
        return this;
    }

    JsonBody value(String text) {
        comma();
        JsonFormat.writeString(text.getBytes(UTF_8), out);
        return this;
    }

    /** Nothing when there is no text. */
    JsonBody field(String name, @Nullable Object text) {
        return text == null ? this : name(name).value(text.toString());
    }

    JsonBody field(String name, long number) {
        return raw(name, Long.toString(number));
    }

    JsonBody field(String name, boolean is) {
        return raw(name, Boolean.toString(is));
    }

    private JsonBody raw(String name, String value) {
        name(name);
        JsonFormat.ascii(value, out);
        needsComma = true;
        return this;
    }

    private void comma() {
        if (needsComma) {
            out.writeByte(',');
        }
        needsComma = true;
    }

    int size() {
        return out.readableBytes();
    }

    ByteBuf bytes() {
        return out;
    }
}
