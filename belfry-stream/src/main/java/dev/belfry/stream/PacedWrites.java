package dev.belfry.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Gives large buffers to TLS in parts, each when the one before has been taken. TLS encrypts at once all that it is given: a client
 * that does not read would have a copy of its own of what all others share. On the channel's event loop.
 */
public final class PacedWrites extends ChannelDuplexHandler {
    private static final int PART_BYTES = 64 << 10;

    /** One of the flags that Netty leaves to handlers. */
    private static final int WRITABILITY = 7;

    private final Queue<Write> waiting = new ArrayDeque<>(1);
    private boolean isPartUnderWay;

    private record Write(Object message, ChannelPromise promise) {}

    /** Puts one in front of TLS, where a pipeline has that. */
    public static void addTo(ChannelPipeline pipeline) {
        ChannelHandlerContext tls = pipeline.context(SslHandler.class);
        if (tls != null) {
            pipeline.addAfter(tls.name(), null, new PacedWrites());
        }
    }

    private static boolean isLarge(Object message) {
        return message instanceof ByteBuf bytes && bytes.readableBytes() > PART_BYTES;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (waiting.isEmpty() && !isPartUnderWay && !isLarge(msg)) {
            ctx.write(msg, promise);
            return;
        }
        waiting.add(new Write(msg, promise));
        setWritable(ctx, false);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        goOn(ctx);
        ctx.flush();
    }

    private void goOn(ChannelHandlerContext ctx) {
        while (!isPartUnderWay && !waiting.isEmpty()) {
            Write first = waiting.element();
            if (isLarge(first.message)) {
                writePart(ctx, ((ByteBuf) first.message).readRetainedSlice(PART_BYTES));
            } else {
                waiting.remove();
                ctx.write(first.message, first.promise);
            }
        }
        if (waiting.isEmpty()) {
            setWritable(ctx, true);
        }
    }

    private void writePart(ChannelHandlerContext ctx, ByteBuf part) {
        isPartUnderWay = true;
        ctx.write(part).addListener(written -> {
            isPartUnderWay = false;
            if (written.isSuccess() && !ctx.isRemoved()) {
                goOn(ctx);
                ctx.flush();
            }
        });
    }

    private static void setWritable(ChannelHandlerContext ctx, boolean isWritable) {
        ChannelOutboundBuffer outbound = ctx.channel().unsafe().outboundBuffer();
        if (outbound != null && outbound.getUserDefinedWritability(WRITABILITY) != isWritable) {
            outbound.setUserDefinedWritability(WRITABILITY, isWritable);
        }
    }

    /** The channel goes on without it, or is closed. */
    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        for (Write write = waiting.poll(); write != null; write = waiting.poll()) {
            if (ctx.channel().isActive()) {
                ctx.write(write.message, write.promise);
            } else {
                drop(write);
            }
        }
        setWritable(ctx, true);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        for (Write write = waiting.poll(); write != null; write = waiting.poll()) {
            drop(write);
        }
        ctx.fireChannelInactive();
    }

    private static void drop(Write write) {
        ReferenceCountUtil.release(write.message);
        if (!write.promise.isVoid()) {
            write.promise.tryFailure(new ClosedChannelException());
        }
    }
}
