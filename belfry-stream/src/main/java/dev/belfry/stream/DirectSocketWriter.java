package dev.belfry.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writing to a connection past its channel, for bytes that are to stand on the wire as they are: one system call, and not an
 * object for each delivery. On the channel's event loop.
 */
final class DirectSocketWriter {
    private DirectSocketWriter() {}

    /** The socket of a channel; null when there is none of its own, or something else has to be done to what is written. */
    static @Nullable Socket of(Channel channel) {
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
}
