package dev.belfry.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.Position;
import dev.belfry.Receipt;
import dev.belfry.TopicSelector;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What a WebSocket client is answered: one JSON object, on the heap. */
public final class WebSocketReply {
    private WebSocketReply() {}

    /** To {@code publish}. */
    public static ByteBuf published(@Nullable String ref, Receipt receipt) {
        ByteBuf json = begin("published", ref);
        json.writeByte(',');
        PublishAnswer.writeIds(receipt.positions(), json);
        return end(receipt.repeated() ? ",\"replayed\":true" : "", json);
    }

    /**
     * To {@code subscribe} and {@code unsubscribe}.
     *
     * @param op {@code subscribed} or {@code unsubscribed}
     * @param patterns all that the connection has now
     * @param position where it goes on from
     */
    public static ByteBuf changed(
            String op, @Nullable String ref, Collection<TopicSelector> patterns, Position position) {
        ByteBuf json = begin(op, ref);
        JsonFormat.ascii(",\"topic\":[", json);
        String separator = "";
        for (TopicSelector pattern : patterns) {
            JsonFormat.ascii(separator, json);
            JsonFormat.writeString(pattern.name().getBytes(UTF_8), json);
            separator = ",";
        }
        return end("],\"position\":\"" + position + "\"", json);
    }

    /**
     * To {@code auth}.
     *
     * @param expires when the connection ends unless another token comes before; null for never
     */
    public static ByteBuf authorized(@Nullable String ref, @Nullable Instant expires) {
        return end(expires == null ? "" : ",\"expires\":\"" + expires + "\"", begin("authorized", ref));
    }

    /** To {@code ping}. */
    public static ByteBuf pong(@Nullable String ref) {
        return end("", begin("pong", ref));
    }

    /** To what was refused. */
    public static ByteBuf error(@Nullable String ref, Problem problem) {
        ByteBuf json = begin("error", ref);
        JsonFormat.ascii(",\"code\":", json);
        JsonFormat.writeString(problem.code().getBytes(UTF_8), json);
        JsonFormat.ascii(",\"detail\":", json);
        JsonFormat.writeString(String.valueOf(problem.getMessage()).getBytes(UTF_8), json);
        return end("", json);
    }

    private static ByteBuf begin(String op, @Nullable String ref) {
        ByteBuf json = Unpooled.buffer(128);
        JsonFormat.ascii("{\"op\":\"" + op + "\"", json);
        if (ref != null) {
            JsonFormat.ascii(",\"ref\":", json);
            JsonFormat.writeString(ref.getBytes(UTF_8), json);
        }
        return json;
    }

    private static ByteBuf end(String rest, ByteBuf json) {
        JsonFormat.ascii(rest, json);
        return json.writeByte('}');
    }
}
