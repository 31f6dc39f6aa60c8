package dev.belfry.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

/**
 * One event stream on an HTTP/2 connection of its own, frame by frame, with windows of the test's choice. Every wait ends after
 * 20 s with an exception.
 */
public final class RawHttp2Stream implements AutoCloseable {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int STREAM = 1;
    private static final int INITIAL_WINDOW_SIZE = 4;

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final StringBuilder text = new StringBuilder();
    private int pongs;

    /** @param window of the stream, until it is {@linkplain #widenStream widened} */
    public RawHttp2Stream(int port, int window) throws IOException, Http2Exception {
        this(port, window, get("localhost:" + port).set("accept", "text/event-stream"));
    }

    /**
     * Asks for something else.
     *
     * @param window of the stream, until it is {@linkplain #widenStream widened}
     */
    public RawHttp2Stream(int port, int window, Http2Headers request) throws IOException, Http2Exception {
        socket.setReceiveBufferSize(16 << 10);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(20_000);
        in = new DataInputStream(socket.getInputStream());
        socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
        byte[] setting = ByteBuffer.allocate(6)
                .putShort((short) INITIAL_WINDOW_SIZE)
                .putInt(window)
                .array();
        write(SETTINGS, 0, 0, setting);
        int endOfStreamAndHeaders = 5;
        write(HEADERS, endOfStreamAndHeaders, STREAM, encoded(request));
    }

    /** The head of a {@code GET} of the endpoint. */
    public static Http2Headers get(String authority) {
        return new DefaultHttp2Headers()
                .method("GET")
                .scheme("http")
                .authority(authority)
                .path("/api/notifications");
    }

    private static byte[] encoded(Http2Headers request) throws Http2Exception {
        ByteBuf fields = Unpooled.buffer();
        new DefaultHttp2HeadersEncoder().encodeHeaders(STREAM, request, fields);
        byte[] bytes = new byte[fields.readableBytes()];
        fields.readBytes(bytes).release();
        return bytes;
    }

    private void write(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.putInt(payload.length << 8 | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload);
        socket.getOutputStream().write(frame.array());
    }

    /** Allows more data on the stream. */
    public void widenStream(int bytes) throws IOException {
        write(WINDOW_UPDATE, 0, STREAM, ByteBuffer.allocate(4).putInt(bytes).array());
    }

    /** Allows more data on the connection. */
    public void widenConnection(int bytes) throws IOException {
        write(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(bytes).array());
    }

    /** Reads until so many bytes of data have come. */
    public void readUntil(int dataBytes) throws IOException {
        while (text.length() < dataBytes) {
            readFrame();
        }
    }

    /** Reads until the data contains something. */
    public void readUntil(String wanted) throws IOException {
        for (int from = 0; text.indexOf(wanted, from) < 0; from = Math.max(0, from - wanted.length())) {
            from = text.length();
            readFrame();
        }
    }

    /** Reads until the event with an id is complete, wherever in it the id stands, and nothing is begun behind it. */
    public void readUntilEvent(String id) throws IOException {
        readUntil("id: " + id + "\n");
        while (!text.substring(text.length() - 2).equals("\n\n")) {
            readFrame();
        }
    }

    /** Reads all that the server sends before it answers a PING. */
    public void readUntilPong() throws IOException {
        write(PING, 0, 0, new byte[8]);
        int before = pongs;
        while (pongs == before) {
            readFrame();
        }
    }

    private void readFrame() throws IOException {
        int lengthAndType = in.readInt();
        int type = lengthAndType & 0xFF;
        in.skipNBytes(1);
        int stream = in.readInt();
        byte[] payload = in.readNBytes(lengthAndType >>> 8);
        if (type == GOAWAY || type == RST_STREAM) {
            throw new IOException("the server has ended the stream, frame type " + type);
        }
        if (type == DATA) {
            if (stream != STREAM) {
                throw new IOException("data on stream " + stream);
            }
            text.append(new String(payload, ISO_8859_1));
        }
        pongs += type == PING ? 1 : 0; // the server sends none of its own
    }

    /** How many bytes of data have come. */
    public int dataBytes() {
        return text.length();
    }

    /** The data so far, one character a byte. */
    public String text() {
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
