package dev.belfry.webflux;

import dev.belfry.wire.Problem;
import dev.belfry.wire.PublishRequest;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** Collects a request's body, within a size and a time. On the connection's event loop, which also keeps the time. */
final class BodyReader extends BaseSubscriber<DataBuffer> {
    private final MonoSink<byte[]> sink;
    private final PublishRequest request;
    private final ScheduledFuture<?> timer;
    private byte[] bytes = {};
    private int size;

    private BodyReader(MonoSink<byte[]> sink, PublishRequest request, EventLoop loop) {
        this.sink = sink;
        this.request = request;
        timer = loop.schedule(this::late, request.bodyTimeout().toNanos(), TimeUnit.NANOSECONDS);
    }

    /** The body, or the {@link Problem} that it is too large, or too late. */
    static Mono<byte[]> read(Flux<DataBuffer> body, PublishRequest request, EventLoop loop) {
        return Mono.create(sink -> {
            BodyReader reader = new BodyReader(sink, request, loop);
            sink.onDispose(reader);
            body.subscribe(reader);
        });
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        requestUnbounded();
    }

    @Override
    protected void hookOnNext(DataBuffer part) {
        int length = part.readableByteCount();
        if (length > request.maxBodyBytes() - size) {
            DataBufferUtils.release(part);
            fail(request.tooLarge());
            return;
        }
        if (size + length > bytes.length) {
            // mostly the first part is all of it
            bytes = Arrays.copyOf(bytes, Math.max(size + length, (int) Math.min(2L * size, Integer.MAX_VALUE - 8)));
        }
        part.read(bytes, size, length);
        DataBufferUtils.release(part);
        size += length;
    }

    @Override
    protected void hookOnComplete() {
        sink.success(size == bytes.length ? bytes : Arrays.copyOf(bytes, size));
    }

    @Override
    protected void hookOnError(Throwable error) {
        sink.error(error);
    }

    private void late() {
        fail(new Problem(408, "body-timeout", "the body took too long to come"));
    }

    private void fail(Problem problem) {
        cancel();
        sink.error(problem);
    }

    @Override
    public void dispose() {
        timer.cancel(false);
        super.dispose();
    }
}
