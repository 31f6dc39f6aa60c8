package dev.belfry.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A connection of HTTP/2 whose frames the test writes, and what has come on it. */
final class RawHttp2 implements AutoCloseable {
    private final RawHttp http;
    private final DataInputStream in;
    private final Map<Integer, ByteArrayOutputStream> data = new HashMap<>();
    private final List<Frame> frames = new ArrayList<>();

    /** A frame that is not of data. */
    record Frame(int type, int stream, ByteBuffer payload) {
        /** Of RST_STREAM or GOAWAY. */
        int errorCode() {
            return payload.getInt(type == Http2Frames.GOAWAY ? 4 : 0);
        }

        boolean is(int wantedType, int wantedStream) {
            return type == wantedType && stream == wantedStream;
        }
    }

    RawHttp2(int port) throws IOException {
        http = new RawHttp(port);
        in = new DataInputStream(http.body());
        send(Http2Frames.connection());
    }

    RawHttp2 send(Http2Frames frames) throws IOException {
        http.send(frames.bytes());
        return this;
    }

    /** Reads until a frame comes that is not of data. */
    Frame await(Predicate<Frame> wanted) throws IOException {
        while (true) {
            Frame frame = read();
            if (wanted.test(frame)) {
                return frame;
            }
        }
    }

    /** Reads until a stream's data contains something. */
    void awaitData(int stream, String wanted) throws IOException {
        while (!data(stream).contains(wanted)) {
            read();
        }
    }

    private Frame read() throws IOException {
        int lengthAndType = in.readInt();
        in.skipNBytes(1);
        Frame frame =
                new Frame(lengthAndType & 0xFF, in.readInt(), ByteBuffer.wrap(in.readNBytes(lengthAndType >>> 8)));
        if (frame.type() == Http2Frames.DATA) {
            data.computeIfAbsent(frame.stream(), id -> new ByteArrayOutputStream())
                    .writeBytes(frame.payload().array());
        } else {
            frames.add(frame);
        }
        return frame;
    }

    String data(int stream) {
        ByteArrayOutputStream bytes = data.get(stream);
        return bytes == null ? "" : bytes.toString(UTF_8);
    }

    /** All that has come so far and is not data. */
    List<Frame> frames() {
        return frames;
    }

    @Override
    public void close() {
        http.close();
    }
}
