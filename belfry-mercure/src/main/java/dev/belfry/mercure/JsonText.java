package dev.belfry.mercure;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.wire.JsonFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes what was read as JSON: texts, numbers, truth values, lists, maps, nothing. */
final class JsonText {
    private JsonText() {}

    /** In one line. */
    static byte[] utf8(Object value) {
        ByteBuf out = Unpooled.buffer();
        write(value, out);
        return ByteBufUtil.getBytes(out);
    }

    private static void write(@Nullable Object value, ByteBuf out) {
        if (value instanceof Map<?, ?> map) {
            char separator = '{';
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.writeByte(separator);
                write(String.valueOf(entry.getKey()), out);
                out.writeByte(':');
                write(entry.getValue(), out);
                separator = ',';
            }
            JsonFormat.ascii(map.isEmpty() ? "{}" : "}", out);
        } else if (value instanceof List<?> list) {
            char separator = '[';
            for (Object one : list) {
                out.writeByte(separator);
                write(one, out);
                separator = ',';
            }
            JsonFormat.ascii(list.isEmpty() ? "[]" : "]", out);
        } else if (value instanceof Number || value instanceof Boolean || value == null) {
            JsonFormat.ascii(String.valueOf(value), out);
        } else {
            JsonFormat.writeString(value.toString().getBytes(UTF_8), out);
        }
    }
}
