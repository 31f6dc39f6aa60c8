package dev.belfry.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a subscriber writes to its channel. Bytes that are to stand on the wire as they are may go past the channel, as far as the
 * implementation can; the rest waits in the channel. On the channel's event loop. The subscriber has the channel's context, so that a
 * writer without a state of its own costs no memory.
 */
abstract class ChannelWriter {
    private static final Logger log = LoggerFactory.getLogger(ChannelWriter.class);
    private static final int MAX_DATA_FRAME_BYTES = 64 << 10;

    /**
     * Sends from the bytes past the channel, and leaves them as they are.
     *
     * @return how many are on their way; 0 when something in the channel must go first
     */
    abstract int sendDirectly(ByteBuf bytes) throws IOException;

    /** Whether bytes can be sent without waiting behind too many others. */
    boolean hasRoom(ChannelHandlerContext ctx) {
        return ctx.channel().isWritable();
    }

    /**
     * Sends from shared bytes, and leaves them as they are: past the channel as far as that takes them, the rest to the channel.
     *
     * @return whether nothing is left to flush
     */
    final boolean send(ChannelHandlerContext ctx, ByteBuf bytes, StreamFormat format) {
        int sent;
        try {
            sent = sendDirectly(bytes);
        } catch (IOException e) {
            log.debug("stream broke cause={}", e.getClass().getSimpleName());
            ctx.close();
            return true;
        }
        if (sent == bytes.readableBytes()) {
            return true;
        }
        write(ctx, bytes.retainedSlice(bytes.readerIndex() + sent, bytes.readableBytes() - sent), format);
        return false;
    }

    /** Gives bytes to the channel, and takes them over. */
    static void write(ChannelHandlerContext ctx, ByteBuf bytes, StreamFormat format) {
        // an HTTP/2 channel reports no progress within a frame, which a slow client may take long for
        while (format.isHttp2() && bytes.readableBytes() > MAX_DATA_FRAME_BYTES) {
            ctx.write(format.message(bytes.readRetainedSlice(MAX_DATA_FRAME_BYTES)), ctx.voidPromise());
        }
        ctx.write(format.message(bytes), ctx.voidPromise());
    }

    /**
     * Another number whenever the client has taken something of what waits for it, be it a part of one large frame, and not
     * when more is put behind that; 0 when nothing waits.
     *
     * @param wroteAt the tick of the last write
     */
    static long progress(Channel channel, int wroteAt) {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        if (outbound == null) {
            // an HTTP/2 stream, which has no such buffer; while it has no room nothing is written to it
            return channel.isWritable() ? 0 : 1 + channel.bytesBeforeWritable() + ((long) wroteAt << 40);
        }
        Object first = outbound.current();
        return first == null ? 0 : 1 + outbound.currentProgress() + ((long) System.identityHashCode(first) << 32);
    }
}
