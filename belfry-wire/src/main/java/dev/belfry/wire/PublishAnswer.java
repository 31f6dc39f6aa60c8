package dev.belfry.wire;

import dev.belfry.Position;
import dev.belfry.Receipt;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;

/** The body of the answer to a publication. */
public final class PublishAnswer {
    private PublishAnswer() {}

    /** {@code ids}, and {@code id} when there is one only; ended by a line end. On the heap. */
    public static ByteBuf json(Receipt receipt) {
        ByteBuf json = Unpooled.buffer(64);
        json.writeByte('{');
        if (receipt.count() == 1) {
            JsonFormat.ascii("\"id\":\"" + receipt.first() + "\",", json);
        }
        writeIds(receipt.positions(), json);
        JsonFormat.ascii("}\n", json);
        return json;
    }

    static void writeIds(List<Position> positions, ByteBuf out) {
        JsonFormat.ascii("\"ids\":", out);
        char separator = '[';
        for (Position position : positions) {
            out.writeByte(separator);
            JsonFormat.ascii("\"" + position + "\"", out);
            separator = ',';
        }
        out.writeByte(']');
    }
}
