package dev.belfry.boot;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2StreamChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts off a client that takes nothing of its answers, whatever they are, on a connection or on a stream of HTTP/2. While much
 * waits for it, no further request is read from a connection of HTTP/1. Streams of events watch themselves. On the channel's event
 * loop.
 */
final class WriteWatch extends ChannelDuplexHandler {
    private static final Logger log = LoggerFactory.getLogger(WriteWatch.class);

    /** Netty reports no progress within a frame. */
    private static final int MAX_FRAME_BYTES = 64 << 10;

    private final WriteWatches watches;
    private @Nullable ChannelHandlerContext ctx;
    private boolean isWatched;
    private boolean isReadDue;
    private long progress;
    private long sinceNanos;

    WriteWatch(WriteWatches watches) {
        this.watches = watches;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        this.ctx = ctx;
    }

    // ---- what waits

    @Override
    public void flush(ChannelHandlerContext ctx) {
        ctx.flush();
        if (!isWatched && progress(ctx.channel()) != 0) {
            isWatched = true;
            progress = 0;
            watches.of(ctx.channel().eventLoop()).add(this);
        }
    }

    /** Another number whenever the client has taken something of what waits for it; 0 when nothing waits. */
    private static long progress(Channel channel) {
        if (channel instanceof Http2StreamChannel) {
            return waitingBytes(channel);
        }
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        return outbound == null || outbound.isEmpty()
                ? 0
                : 1 + outbound.currentProgress() + ((long) System.identityHashCode(outbound.current()) << 32);
    }

    /** A stream of HTTP/2 says it in this way only. */
    private static long waitingBytes(Channel channel) {
        return channel.isWritable()
                ? channel.config().getWriteBufferHighWaterMark() + 1L - channel.bytesBeforeUnwritable()
                : channel.bytesBeforeWritable() + channel.config().getWriteBufferLowWaterMark();
    }

    /** Looks whether the client has taken anything since the last time. */
    void look(long nowNanos, long stallNanos) {
        if (ctx == null) {
            return;
        }
        long seen = progress(ctx.channel());
        if (seen == 0) {
            unwatch(ctx);
        } else if (seen != progress) {
            progress = seen;
            sinceNanos = nowNanos;
        } else if (nowNanos - sinceNanos >= stallNanos) {
            unwatch(ctx);
            cutOff(ctx);
        }
    }

    private void unwatch(ChannelHandlerContext ctx) {
        if (isWatched) {
            isWatched = false;
            watches.of(ctx.channel().eventLoop()).remove(this);
        }
    }

    private static void cutOff(ChannelHandlerContext ctx) {
        log.debug("answer not taken, connection closed");
        if (ctx.channel() instanceof Http2StreamChannel) {
            // without it the connection would keep what waits, if the answer was written to its end
            ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL)).addListener(ChannelFutureListener.CLOSE);
        } else {
            ctx.close();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        unwatch(ctx);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        unwatch(ctx);
        ctx.fireChannelInactive();
    }

    // ---- frames of HTTP/2

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (msg instanceof Http2DataFrame frame && frame.content().readableBytes() > MAX_FRAME_BYTES) {
            writeInParts(ctx, frame, promise);
        } else {
            ctx.write(msg, promise);
        }
    }

    private static void writeInParts(ChannelHandlerContext ctx, Http2DataFrame frame, ChannelPromise promise) {
        ByteBuf content = frame.content();
        while (content.readableBytes() > MAX_FRAME_BYTES) {
            ctx.write(new DefaultHttp2DataFrame(content.readRetainedSlice(MAX_FRAME_BYTES)));
        }
        ctx.write(new DefaultHttp2DataFrame(content, frame.isEndStream(), frame.padding()), promise);
    }

    // ---- requests that would be answered too

    @Override
    public void read(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable() || ctx.pipeline().get(Http2FrameCodec.class) != null) {
            ctx.read();
        } else {
            isReadDue = true;
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (isReadDue && ctx.channel().isWritable()) {
            isReadDue = false;
            ctx.read();
        }
        ctx.fireChannelWritabilityChanged();
    }
}
