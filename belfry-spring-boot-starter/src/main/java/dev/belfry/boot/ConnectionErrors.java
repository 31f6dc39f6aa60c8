package dev.belfry.boot;

import dev.belfry.RareLine;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2ConnectionPrefaceAndSettingsFrameWrittenEvent;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.timeout.TimeoutException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a connection, or a stream of HTTP/2, whose peer breaks a protocol or goes away, with one line for debugging that has
 * nothing in it of what came. Behind it Netty and Reactor Netty would write a warning with a stack trace.
 */
@Sharable
final class ConnectionErrors extends ChannelInboundHandlerAdapter {
    static final ConnectionErrors INSTANCE = new ConnectionErrors();

    private static final Logger log = LoggerFactory.getLogger(ConnectionErrors.class);
    private static final RareLine outOfMemory = RareLine.warning(log);

    private ConnectionErrors() {}

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof OutOfMemoryError) {
            outOfMemory.log("connection closed cause={}", cause.toString());
            ctx.close();
        } else if (isOfThePeer(cause)) {
            logAtDebug(cause);
            end(ctx, cause);
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }

    private static boolean isOfThePeer(Throwable cause) {
        return cause instanceof IOException
                // epoll's, when the socket is gone by the time that it is to be read
                || cause instanceof UncheckedIOException
                || cause instanceof CodecException
                || cause instanceof Http2Exception
                || cause instanceof TimeoutException;
    }

    /** The class only: a decoder's message may have a header's value in it. */
    private static void logAtDebug(Throwable cause) {
        log.debug("connection broke cause={}", cause.getClass().getSimpleName());
    }

    private static void end(ChannelHandlerContext ctx, Throwable cause) {
        if (ctx.channel() instanceof Http2StreamChannel) {
            ctx.writeAndFlush(new DefaultHttp2ResetFrame(errorOf(cause))).addListener(ChannelFutureListener.CLOSE);
        } else if (!(cause instanceof Http2Exception) || !isHttp2(ctx)) {
            ctx.close();
        }
        // else the codec sends its GOAWAY, and closes
    }

    private static Http2Error errorOf(Throwable cause) {
        Throwable root = cause instanceof CodecException && cause.getCause() != null ? cause.getCause() : cause;
        return root instanceof Http2Exception http2 ? http2.error() : Http2Error.PROTOCOL_ERROR;
    }

    private static boolean isHttp2(ChannelHandlerContext ctx) {
        return ctx.pipeline().get(Http2FrameCodec.class) != null;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (!handshake.isSuccess()) {
                logAtDebug(handshake.cause());
                ctx.close();
                return;
            }
            ConnectionPipeline.protocolIsKnown(ctx.pipeline());
        } else if (event instanceof Http2ConnectionPrefaceAndSettingsFrameWrittenEvent) {
            ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
        }
        ctx.fireUserEventTriggered(event);
    }
}
