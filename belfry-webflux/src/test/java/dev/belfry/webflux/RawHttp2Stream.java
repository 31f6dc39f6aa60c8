package dev.belfry.webflux;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;

/** One event stream on an HTTP/2 connection of its own, frame by frame, with windows of the test's choice. */
final class RawHttp2Stream implements AutoCloseable {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int STREAM = 1;
    private static final int INITIAL_WINDOW_SIZE = 4;

    private final Socket socket = new Socket();
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();

    /** @param window of the stream, until it is {@linkplain #widenStream widened} */
    RawHttp2Stream(int port, int window) throws IOException, Http2Exception {
        this(port, window, get("localhost:" + port).set("accept", "text/event-stream"));
    }

    RawHttp2Stream(int port, int window, Http2Headers request) throws IOException, Http2Exception {
        socket.setReceiveBufferSize(16 << 10);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
        byte[] setting = ByteBuffer.allocate(6)
                .putShort((short) INITIAL_WINDOW_SIZE)
                .putInt(window)
                .array();
        write(SETTINGS, 0, 0, setting);
        int endOfStreamAndHeaders = 5;
        write(HEADERS, endOfStreamAndHeaders, STREAM, encoded(request));
    }

    /** A request for the endpoint. */
    static Http2Headers get(String authority) {
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

    void widenStream(int bytes) throws IOException {
        write(WINDOW_UPDATE, 0, STREAM, ByteBuffer.allocate(4).putInt(bytes).array());
    }

    void widenConnection(int bytes) throws IOException {
        write(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(bytes).array());
    }

    /** All data that has come until it is silent for a while. */
    String readUntilSilent() throws IOException {
        socket.setSoTimeout(300);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        try {
            while (true) {
                readFrame(in);
            }
        } catch (SocketTimeoutException silence) {
            return text();
        }
    }

    /** Reads until the data contains something. */
    void readUntil(String wanted) throws IOException {
        socket.setSoTimeout(20_000);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        while (!text().contains(wanted)) {
            readFrame(in);
        }
    }

    private void readFrame(DataInputStream in) throws IOException {
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
            text.write(payload);
        }
    }

    int dataBytes() {
        return text.size();
    }

    String text() {
        return text.toString(UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
