package dev.belfry.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** Reads what stands on a connection with other people's decoders. */
public final class Wire {
    private static final JsonMapper JSON = new JsonMapper();

    private Wire() {}

    /** What a response's chunks hold, and whether the last one was there. */
    public record Body(String text, boolean complete) {}

    /** The messages of a WebSocket, and the code with which it was closed; 0 when it was not. */
    public record Messages(List<String> texts, int pings, int closeCode) {}

    /** Reads the body of an HTTP/1.1 answer in chunks. */
    public static Body chunks(byte[] wire) {
        EmbeddedChannel http = new EmbeddedChannel(new HttpResponseDecoder());
        http.writeInbound(
                Unpooled.copiedBuffer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", UTF_8),
                Unpooled.wrappedBuffer(wire));
        ByteBuf body = Unpooled.buffer();
        boolean complete = false;
        for (Object part = http.readInbound(); part != null; part = http.readInbound()) {
            if (part instanceof HttpContent content) {
                if (content.decoderResult().isFailure()) {
                    throw new AssertionError(
                            "not in chunks", content.decoderResult().cause());
                }
                body.writeBytes(content.content());
                complete = content instanceof LastHttpContent;
                content.release();
            }
        }
        http.finishAndReleaseAll();
        return new Body(body.toString(UTF_8), complete);
    }

    /** Reads the frames of a WebSocket server. */
    public static Messages messages(byte[] wire) {
        EmbeddedChannel client = new EmbeddedChannel(new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder()
                .expectMaskedFrames(false)
                .allowMaskMismatch(false)
                .allowExtensions(false)
                .maxFramePayloadLength(Integer.MAX_VALUE)
                .build()));
        client.writeInbound(Unpooled.wrappedBuffer(wire));
        List<String> texts = new ArrayList<>();
        int pings = 0;
        int closeCode = 0;
        for (WebSocketFrame frame = client.readInbound(); frame != null; frame = client.readInbound()) {
            if (frame instanceof TextWebSocketFrame text) {
                texts.add(text.text());
            } else if (frame instanceof CloseWebSocketFrame close) {
                closeCode = close.statusCode();
            } else {
                pings++;
            }
            frame.release();
        }
        client.finishAndReleaseAll();
        return new Messages(texts, pings, closeCode);
    }

    /** The ids of all events, in order, of a stream that may break off in the middle of one. */
    public static List<String> idsOfSse(String text) {
        return complete(text, "\n\n")
                .lines()
                .filter(line -> line.startsWith("id: "))
                .map(line -> line.substring(4))
                .toList();
    }

    /** The ids of all lines, in order, of a stream that may break off in the middle of one. */
    public static List<String> idsOfLines(String text) {
        return complete(text, "\n")
                .lines()
                .filter(line -> !line.isEmpty())
                .map(Wire::id)
                .toList();
    }

    private static String complete(String text, String end) {
        int last = text.lastIndexOf(end);
        return last < 0 ? "" : text.substring(0, last + end.length());
    }

    /** The id in an event as JSON. */
    public static String id(String json) {
        return JSON.readTree(json).get("id").asString();
    }

    /**
     * A text message of a WebSocket's client, under a mask of zeros. Spaces behind it give it a length of two bytes.
     *
     * @param message of at most 65,409 bytes
     */
    public static byte[] clientText(String message) {
        byte[] text = (message + " ".repeat(126)).getBytes(UTF_8);
        ByteBuffer frame = ByteBuffer.allocate(8 + text.length);
        return frame.put((byte) 0x81)
                .put((byte) 0xFE)
                .putShort((short) text.length)
                .putInt(0)
                .put(text)
                .array();
    }
}
