package dev.belfry.webflux;

import dev.belfry.wire.Problem;
import dev.belfry.wire.RequestBody;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Collects a request's body, within a size, a time, and its share of the budget. On the connection's event loop, which also
 * keeps the time.
 */
final class BodyReader extends BaseSubscriber<DataBuffer> {
    private static final Logger log = LoggerFactory.getLogger(BodyReader.class);

    private final MonoSink<byte[]> sink;
    private final RequestBody limits;
    private final BodyBudget.Share share;
    private final ScheduledFuture<?> timer;
    private byte[] bytes = {};
    private int size;

    private BodyReader(MonoSink<byte[]> sink, RequestBody limits, BodyBudget.Share share, EventLoop loop) {
        this.sink = sink;
        this.limits = limits;
        this.share = share;
        timer = loop.schedule(() -> fail(late()), limits.timeout().toNanos(), TimeUnit.NANOSECONDS);
        share.whenTooSlow(() -> loop.execute(() -> fail(late())));
    }

    /** The body, or the {@link Problem} that it is too large, too late, incomplete, or more than there is room for. */
    static Mono<byte[]> read(Flux<DataBuffer> body, RequestBody limits, BodyBudget.Share share, EventLoop loop) {
        return Mono.create(sink -> {
            BodyReader reader = new BodyReader(sink, limits, share, loop);
            sink.onDispose(reader);
            body.subscribe(reader);
        });
    }

    /** The answer to a body for which there is no room. */
    static Problem noRoom() {
        return new Problem(503, "too-many-bodies", "too much is being published; try again");
    }

    /** The answer to a body that takes too long. */
    static Problem late() {
        return new Problem(408, "body-timeout", "the body took too long to come");
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        requestUnbounded();
    }

    @Override
    protected void hookOnNext(DataBuffer part) {
        Problem problem;
        try {
            problem = take(part);
        } catch (OutOfMemoryError e) {
            // Reactor would throw it at the event loop, and the client would wait for an answer
            problem = noRoom();
        } finally {
            DataBufferUtils.release(part);
        }
        if (problem != null) {
            fail(problem);
        }
    }

    private @Nullable Problem take(DataBuffer part) {
        int length = part.readableByteCount();
        if (length > limits.maxBytes() - size) {
            return limits.tooLarge();
        }
        if (size + length > bytes.length && !grow(size + length)) {
            return noRoom();
        }
        part.read(bytes, size, length);
        size += length;
        return null;
    }

    /** Mostly the first part is all of it. */
    private boolean grow(int least) {
        int length = (int) Math.max(least, Math.min(2L * size, limits.maxBytes()));
        if (!share.hold(length)) {
            return false;
        }
        bytes = Arrays.copyOf(bytes, length);
        return true;
    }

    @Override
    protected void hookOnComplete() {
        byte[] body;
        try {
            body = size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
        } catch (OutOfMemoryError e) {
            sink.error(noRoom());
            return;
        }
        sink.success(body);
    }

    /** Only the connection fails: it was closed, or what came on it could not be read as a body. */
    @Override
    protected void hookOnError(Throwable error) {
        log.debug("body broken off bytes={} cause={}", size, error.getClass().getSimpleName());
        sink.error(Problem.badRequest("body-incomplete", "the body ended before its end"));
    }

    private void fail(Problem problem) {
        if (!isDisposed()) {
            cancel();
            sink.error(problem);
        }
    }

    @Override
    public void dispose() {
        timer.cancel(false);
        super.dispose();
    }
}
