package dev.belfry.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.unix.Socket;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.timeout.IdleStateHandler;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes the DATA frames of an HTTP/2 stream past its channel, as {@link DirectSocketWriter} does it for a connection. Netty's flow
 * controller and idle timeout, which keep account of what is sent, are told.
 */
final class DirectStreamWriter extends ChannelWriter {
    private static final int HEADER_BYTES = 9;

    /** Every peer takes frames of this size (RFC 9113, 4.2). */
    private static final int MAX_DATA_BYTES = 1 << 14;

    private final Socket socket;
    private final ChannelOutboundBuffer waiting;
    private final ChannelHandlerContext codec;
    private final @Nullable IdleStateHandler idleState;
    private final Http2RemoteFlowController windows;
    private final Http2Stream connection;
    private final Http2Stream stream;

    private DirectStreamWriter(
            Socket socket,
            ChannelOutboundBuffer waiting,
            ChannelHandlerContext codec,
            Http2FrameCodec http2,
            Http2Stream stream) {
        this.socket = socket;
        this.waiting = waiting;
        this.codec = codec;
        idleState = codec.pipeline().get(IdleStateHandler.class);
        windows = http2.connection().remote().flowController();
        connection = http2.connection().connectionStream();
        this.stream = stream;
    }

    /** Null when the channel is no HTTP/2 stream, or its connection has no socket of its own. */
    static @Nullable DirectStreamWriter of(Channel channel) {
        if (!(channel instanceof Http2StreamChannel child)) {
            return null;
        }
        Socket socket = DirectSocketWriter.socket(child.parent());
        ChannelHandlerContext codec = child.parent().pipeline().context(Http2FrameCodec.class);
        ChannelOutboundBuffer waiting = child.parent().unsafe().outboundBuffer();
        if (socket == null || waiting == null || codec == null) {
            return null;
        }
        Http2FrameCodec http2 = (Http2FrameCodec) codec.handler();
        Http2Stream stream = http2.connection().stream(child.stream().id());
        return stream == null ? null : new DirectStreamWriter(socket, waiting, codec, http2, stream);
    }

    /** As long as nothing in the connection's channel must go first and the client's windows have room. */
    @Override
    int sendDirectly(ByteBuf bytes) throws IOException {
        int sent = 0;
        for (int left = bytes.readableBytes(); left > 0; left = bytes.readableBytes() - sent) {
            int length = Math.min(left, MAX_DATA_BYTES);
            if (!hasRoom(length)) {
                break;
            }
            take(length);
            sendFrame(bytes, bytes.readerIndex() + sent, length);
            sent += length;
        }
        return sent;
    }

    private boolean hasRoom(int length) {
        return DirectSocketWriter.isFree(socket, waiting)
                && stream.state().localSideOpen()
                && !windows.hasFlowControlled(stream)
                && windows.windowSize(stream) >= length
                && windows.windowSize(connection) >= length;
    }

    private void take(int length) throws IOException {
        try {
            windows.incrementWindowSize(stream, -length);
            windows.incrementWindowSize(connection, -length);
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
    }

    /** What the kernel does not take at once waits in the connection's channel, with nothing before it. */
    private void sendFrame(ByteBuf bytes, int from, int length) throws IOException {
        ByteBuf frame = ByteBufAllocator.DEFAULT.directBuffer(HEADER_BYTES + length);
        try {
            // type DATA, no flags
            frame.writeMedium(length).writeShort(0).writeInt(stream.id()).writeBytes(bytes, from, length);
            frame.skipBytes(DirectSocketWriter.send(socket, frame));
            if (idleState != null) {
                idleState.resetWriteTimeout();
            }
            if (frame.isReadable()) {
                codec.writeAndFlush(frame.retain(), codec.voidPromise());
            }
        } finally {
            frame.release();
        }
    }
}
