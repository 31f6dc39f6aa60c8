package dev.belfry.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Writes to a connection's socket past its channel: one system call, and not an object for each delivery. */
final class DirectSocketWriter extends ChannelWriter {
    private final Socket socket;

    /** The same that the channel has: a delivery looks at as little memory as it can. */
    private final ChannelOutboundBuffer waiting;

    private DirectSocketWriter(Socket socket, ChannelOutboundBuffer waiting) {
        this.socket = socket;
        this.waiting = waiting;
    }

    /** Null when the channel has no socket of its own, or its handlers change what is written. */
    static @Nullable DirectSocketWriter of(Channel channel) {
        Socket socket = socket(channel);
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return socket == null || waiting == null ? null : new DirectSocketWriter(socket, waiting);
    }

    /** The socket of a connection without TLS; null on other transports. */
    static @Nullable Socket socket(Channel channel) {
        boolean isPlain =
                channel instanceof EpollSocketChannel && channel.pipeline().get(SslHandler.class) == null;
        return isPlain && ((EpollSocketChannel) channel).fd() instanceof Socket socket ? socket : null;
    }

    /** Whether it is open, and nothing waits in its channel that must go first, flushed or not. */
    static boolean isFree(Socket socket, ChannelOutboundBuffer waiting) {
        return waiting.totalPendingWriteBytes() == 0 && socket.isOpen();
    }

    /**
     * Sends from the bytes, which are left as they are.
     *
     * @return how many the kernel took
     */
    static int send(Socket socket, ByteBuf bytes) throws IOException {
        if (bytes.hasMemoryAddress()) {
            return socket.sendAddress(bytes.memoryAddress(), bytes.readerIndex(), bytes.writerIndex());
        }
        ByteBuffer nio = bytes.internalNioBuffer(bytes.readerIndex(), bytes.readableBytes());
        return socket.send(nio, nio.position(), nio.limit());
    }

    @Override
    boolean hasRoom(ChannelHandlerContext ctx) {
        return isFree(socket, waiting) || ctx.channel().isWritable();
    }

    @Override
    int sendDirectly(ByteBuf bytes) throws IOException {
        return isFree(socket, waiting) ? send(socket, bytes) : 0;
    }
}
