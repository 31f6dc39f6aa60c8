package dev.belfry.webflux;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts what has come of a WebSocket message that is not complete, be it one frame or fragments, and bounds the time that
 * it may take. In front of the decoder, on the channel's event loop.
 */
final class MessageIntake extends ChannelInboundHandlerAdapter {
    /** What most messages have is not counted. */
    private static final int FREE_BYTES = 4 << 10;

    /** The decoder's buffer doubles as it grows. */
    private static final int BUFFER_FACTOR = 2;

    private final BodyBudget.Share share;
    private final Duration timeout;
    private long bytes;
    private boolean sawFrame;
    private boolean isMidMessage;
    private boolean isClosing;
    private @Nullable ScheduledFuture<?> timer;

    /** @param share of the budget, for one message after the other */
    MessageIntake(BodyBudget.Share share, Duration timeout) {
        this.share = share;
        this.timeout = timeout;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        share.whenTooSlow(() -> ctx.executor().execute(() -> tooSlow(ctx)));
    }

    /** Asked of another thread, so the message may be complete by now. */
    private void tooSlow(ChannelHandlerContext ctx) {
        if (bytes > FREE_BYTES) {
            close(ctx, WebSocketCloseStatus.POLICY_VIOLATION);
        }
    }

    /** Behind the decoder: sees where a message ends. */
    final class Frames extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            if (msg instanceof WebSocketFrame frame) {
                sawFrame = true;
                if (frame instanceof TextWebSocketFrame || frame instanceof ContinuationWebSocketFrame) {
                    isMidMessage = !frame.isFinalFragment();
                }
            }
            ctx.fireChannelRead(msg);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (isClosing) {
            ReferenceCountUtil.release(msg);
            return;
        }
        bytes += msg instanceof ByteBuf buffer ? buffer.readableBytes() : 0;
        sawFrame = false;
        ctx.fireChannelRead(msg);
        if (sawFrame && !isMidMessage) {
            reset();
        } else if (!hasRoom()) {
            close(ctx, WebSocketCloseStatus.TRY_AGAIN_LATER);
        } else if (timer == null) {
            startTimer(ctx);
        }
    }

    private boolean hasRoom() {
        return bytes <= FREE_BYTES || share.hold(bytes * BUFFER_FACTOR);
    }

    private void startTimer(ChannelHandlerContext ctx) {
        timer = ctx.executor().schedule(() -> late(ctx), timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void late(ChannelHandlerContext ctx) {
        if (ctx.channel().config().isAutoRead()) {
            close(ctx, WebSocketCloseStatus.POLICY_VIOLATION);
        } else {
            // it is the server that does not read
            startTimer(ctx);
        }
    }

    private void close(ChannelHandlerContext ctx, WebSocketCloseStatus status) {
        if (!isClosing) {
            isClosing = true;
            reset();
            ctx.writeAndFlush(new CloseWebSocketFrame(status)).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void reset() {
        bytes = 0;
        share.close();
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        reset();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        reset();
        ctx.fireChannelInactive();
    }
}
