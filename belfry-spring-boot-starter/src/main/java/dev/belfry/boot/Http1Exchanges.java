package dev.belfry.boot;

import dev.belfry.webflux.RequestHeadGuard;
import dev.belfry.webflux.SecurityHeaders;
import dev.belfry.wire.Problem;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the requests and answers of an HTTP/1 connection, for two cases that Reactor Netty leaves to warnings or to nobody:
 * a request that cannot be read is refused, behind the answers to those before it; and a client that has closed its side
 * gets the answers that are due, within a time. Behind the codec, on the channel's event loop.
 */
final class Http1Exchanges extends ChannelDuplexHandler {
    private static final Logger log = LoggerFactory.getLogger(Http1Exchanges.class);

    /** A client that has gone looks the same as one that only closed its side, so it is not answered for ever. */
    private static final int HALF_CLOSED_SECONDS = 5;

    private int unanswered;
    private boolean isAnswerBegun;
    private boolean isRequestComplete;
    private boolean isSwitched;
    private boolean isHalfClosed;

    private boolean isAnyAnswered;
    private boolean hasPublished;
    private long answeredNanos;

    private @Nullable Problem refusal;
    private boolean isRefusedHead;

    /** How many answers go in front of the refusal. */
    private int ahead;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (ctx.pipeline().get(SslHandler.class) == null) {
            ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        }
    }

    /** How much the connection would be missed. Any thread, and the event loop may know better by now. */
    OpenConnection.Kind kind() {
        if (unanswered > 0) {
            return OpenConnection.Kind.IN_USE;
        }
        if (hasPublished) {
            return OpenConnection.Kind.KEPT_BY_PUBLISHER;
        }
        return isAnyAnswered ? OpenConnection.Kind.KEPT : OpenConnection.Kind.NEVER_USED;
    }

    /** Since when no request is under way. Any thread. */
    long idleSinceNanos(long openedNanos) {
        return isAnyAnswered ? answeredNanos : openedNanos;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof HttpObject part)) {
            ctx.fireChannelRead(msg);
            return;
        }
        Problem wrong = refusal == null ? whatIsWrong(part) : refusal;
        if (wrong == null) {
            count(part);
            ctx.fireChannelRead(msg);
            return;
        }
        ReferenceCountUtil.release(msg);
        if (refusal == null) {
            refuse(ctx, wrong, part);
        }
    }

    private void count(HttpObject part) {
        if (part instanceof HttpRequest) {
            unanswered++;
            isRequestComplete = false;
        }
        if (part instanceof LastHttpContent) {
            isRequestComplete = true;
        }
    }

    private static @Nullable Problem whatIsWrong(HttpObject part) {
        if (part.decoderResult().isFailure()) {
            return problemOf(part.decoderResult().cause());
        }
        return part instanceof HttpRequest request ? RequestHeadGuard.check(request) : null;
    }

    private static Problem problemOf(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return new Problem(414, "url-too-long", "the request line is too long");
        }
        return cause instanceof TooLongHttpHeaderException
                ? new Problem(431, "headers-too-large", "the headers are too large")
                : Problem.badRequest("invalid-request", "the request is not HTTP");
    }

    private void refuse(ChannelHandlerContext ctx, Problem problem, HttpObject part) {
        log.debug("request refused code={}", problem.code());
        refusal = problem;
        isRefusedHead = part instanceof HttpRequest request && HttpMethod.HEAD.equals(request.method());
        // what is wrong in a body concerns the newest of the requests that were let in
        ahead = part instanceof HttpRequest ? unanswered : Math.max(0, unanswered - 1);
        if (ahead == 0) {
            writeRefusal(ctx, problem);
        }
    }

    private void writeRefusal(ChannelHandlerContext ctx, Problem problem) {
        if (isAnswerBegun) {
            ctx.close();
            return;
        }
        byte[] json = problem.json();
        FullHttpResponse answer = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(problem.status()),
                isRefusedHead ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(json));
        answer.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .setInt(HttpHeaderNames.CONTENT_LENGTH, json.length)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        SecurityHeaders.forEach(answer.headers()::set);
        ctx.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (msg instanceof HttpResponse response) {
            hasPublished |= response.status().equals(HttpResponseStatus.CREATED);
            isSwitched |= response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
            isAnswerBegun |= response.status().codeClass() != HttpStatusClass.INFORMATIONAL;
        }
        boolean isAnswerEnd = msg instanceof LastHttpContent && isAnswerBegun;
        ctx.write(msg, promise);
        if (isAnswerEnd) {
            answered(ctx);
        }
    }

    private void answered(ChannelHandlerContext ctx) {
        isAnswerBegun = false;
        isAnyAnswered = true;
        answeredNanos = System.nanoTime();
        unanswered--;
        if (refusal != null && --ahead == 0) {
            writeRefusal(ctx, refusal);
        } else if (isHalfClosed && unanswered == 0) {
            closeBehindAnswer(ctx);
        }
    }

    /** The answer is flushed after this. */
    private static void closeBehindAnswer(ChannelHandlerContext ctx) {
        ctx.executor().execute(() -> ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            halfClosed(ctx);
        } else if (event != ChannelInputShutdownReadComplete.INSTANCE) {
            ctx.fireUserEventTriggered(event);
        }
    }

    private void halfClosed(ChannelHandlerContext ctx) {
        isHalfClosed = true;
        if (ctx.pipeline().get(Http2FrameCodec.class) != null) {
            // in front of the codec, which would wait for its streams to end
            ctx.pipeline().firstContext().close();
            return;
        }
        boolean isAnswerDue = refusal != null || (unanswered > 0 && isRequestComplete);
        if (isAnswerDue && !isSwitched) {
            ctx.executor().schedule(() -> ctx.channel().close(), HALF_CLOSED_SECONDS, TimeUnit.SECONDS);
        } else {
            ctx.close();
        }
    }

    /** The connection has become a stream, or one of HTTP/2. Neither is for a client that has closed its side. */
    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
        if (isHalfClosed) {
            ctx.channel().close();
        }
    }
}
