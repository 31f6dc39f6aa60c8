package dev.belfry.boot;

import dev.belfry.webflux.RequestHeadGuard;
import dev.belfry.webflux.SecurityHeaders;
import dev.belfry.wire.Problem;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the request and the answer of an HTTP/2 stream, and ends it with the error code that is meant, where Netty has
 * CANCEL for all. First in the stream's pipeline, on its event loop.
 */
final class Http2Exchange extends ChannelDuplexHandler {
    private static final Logger log = LoggerFactory.getLogger(Http2Exchange.class);

    private boolean isRequestBegun;
    private boolean isRequestEnded;
    private boolean isAnswerBegun;
    private boolean isAnswerEnded;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof Http2HeadersFrame frame) {
            isRequestEnded |= frame.isEndStream();
            if (!isRequestBegun && refuse(ctx, frame.headers())) {
                ReferenceCountUtil.release(msg);
                return;
            }
            isRequestBegun = true;
        } else if (msg instanceof Http2DataFrame frame) {
            isRequestEnded |= frame.isEndStream();
        }
        ctx.fireChannelRead(msg);
    }

    /** Without these fields a request is malformed (RFC 9113, 8.1.1 and 8.3.1), and Netty takes it for trailers. */
    private boolean refuse(ChannelHandlerContext ctx, Http2Headers headers) {
        if (isIncomplete(headers)) {
            log.debug("stream refused error={}", Http2Error.PROTOCOL_ERROR);
            reset(ctx, Http2Error.PROTOCOL_ERROR);
            return true;
        }
        Problem problem = RequestHeadGuard.check(headers);
        if (problem == null) {
            return false;
        }
        log.debug("stream refused code={}", problem.code());
        answer(ctx, problem, HttpMethod.HEAD.asciiName().contentEquals(headers.method()));
        return true;
    }

    /** The stream is closed behind it, whether the request has ended or not. */
    private void answer(ChannelHandlerContext ctx, Problem problem, boolean isHead) {
        byte[] json = problem.json();
        Http2Headers head = new DefaultHttp2Headers()
                .status(Integer.toString(problem.status()))
                .set(HttpHeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .setInt(HttpHeaderNames.CONTENT_LENGTH, json.length);
        SecurityHeaders.forEach((name, value) -> head.set(name.toLowerCase(Locale.ROOT), value));
        isAnswerBegun = true;
        isAnswerEnded = true;
        ChannelFuture sent = ctx.write(new DefaultHttp2HeadersFrame(head, isHead));
        if (!isHead) {
            sent = ctx.write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(json), true));
        }
        sent.addListener(done -> ctx.channel().close());
        ctx.flush();
    }

    private static boolean isIncomplete(Http2Headers headers) {
        CharSequence method = headers.method();
        return method == null || (headers.path() == null && !"CONNECT".contentEquals(method));
    }

    private static void reset(ChannelHandlerContext ctx, Http2Error error) {
        ctx.writeAndFlush(new DefaultHttp2ResetFrame(error)).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (msg instanceof Http2HeadersFrame frame) {
            isAnswerBegun |= !isInformational(frame.headers());
            isAnswerEnded |= frame.isEndStream();
        } else if (msg instanceof Http2DataFrame frame) {
            isAnswerEnded |= frame.isEndStream();
        }
        if (isAnswerEnded && !isRequestEnded) {
            ctx.write(msg, promise.unvoid()).addListener(sent -> ctx.channel().close());
        } else {
            ctx.write(msg, promise);
        }
    }

    private static boolean isInformational(Http2Headers headers) {
        CharSequence status = headers.status();
        return status != null && !status.isEmpty() && status.charAt(0) == '1';
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        Http2Error error = errorOfClose();
        if (error != null && ctx.channel().isActive()) {
            ctx.writeAndFlush(new DefaultHttp2ResetFrame(error));
        }
        ctx.close(promise);
    }

    /** After a whole answer the rest of the request is not wanted (RFC 9113, 8.1); half an answer is a failure. */
    private @Nullable Http2Error errorOfClose() {
        if (isAnswerEnded) {
            return isRequestEnded ? null : Http2Error.NO_ERROR;
        }
        return isAnswerBegun ? Http2Error.INTERNAL_ERROR : null;
    }
}
