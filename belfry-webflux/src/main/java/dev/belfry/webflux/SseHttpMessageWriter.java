package dev.belfry.webflux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.belfry.Event;
import dev.belfry.wire.SseFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.ResolvableType;
import org.springframework.core.codec.CodecException;
import org.springframework.core.codec.Encoder;
import org.springframework.core.codec.EncodingException;
import org.springframework.core.codec.Hints;
import org.springframework.core.io.Resource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ReactiveHttpOutputMessage;
import org.springframework.http.codec.HttpMessageEncoder;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.MimeTypeUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Writes what a controller returns as Server-Sent Events, and takes the place of Spring's {@code
 * ServerSentEventHttpMessageWriter}, which leaves out the space behind the colon, so that a line that begins with a space
 * loses it, and which says nothing before the first event and nothing while there is none.
 *
 * <p>It takes {@link Event}s, {@link ServerSentEvent}s, strings, and anything that the encoder can write as JSON. A stream
 * begins with a comment, at once, so that the client knows that it is open; an error that comes later than that ends the
 * connection, one that comes at once still has a status. A silent stream gets a comment after each heartbeat. Each element
 * is flushed by itself.
 */
public final class SseHttpMessageWriter implements HttpMessageWriter<Object> {
    /** How many elements are asked for ahead of what the connection takes. */
    private static final int PREFETCH = 32;

    private static final List<Class<?>> BYTES =
            List.of(byte[].class, ByteBuffer.class, ByteBuf.class, DataBuffer.class, Resource.class);

    private final @Nullable Encoder<?> encoder;
    private final Duration heartbeat;
    private final Publisher<?> end;

    /**
     * Sets up the writer.
     *
     * @param encoder for data that is no string, as JSON; null when there is none
     * @param heartbeat after how long a silent stream gets a comment, more than zero
     * @param end ends every stream when it signals or completes, e.g. {@code hub.draining()}, so that a stream which has no
     *     end of its own does not hold up a shutdown
     */
    public SseHttpMessageWriter(@Nullable Encoder<?> encoder, Duration heartbeat, Publisher<?> end) {
        if (heartbeat.isNegative() || heartbeat.isZero()) {
            throw new IllegalArgumentException("the heartbeat is more than zero");
        }
        this.encoder = encoder;
        this.heartbeat = heartbeat;
        this.end = end;
    }

    /** Has a heartbeat of 25 seconds and streams that end by themselves. */
    public SseHttpMessageWriter(@Nullable Encoder<?> encoder) {
        this(encoder, Duration.ofSeconds(25), Mono.never());
    }

    @Override
    public List<MediaType> getWritableMediaTypes() {
        return List.of(MediaType.TEXT_EVENT_STREAM);
    }

    /**
     * Takes everything as {@code text/event-stream} but bytes, which are written as they are by others. Without a media type
     * it takes only what is an event by its type: everything else would then be a stream where a client accepts anything.
     */
    @Override
    public boolean canWrite(ResolvableType elementType, @Nullable MediaType mediaType) {
        Class<?> type = elementType.toClass();
        if (ServerSentEvent.class.isAssignableFrom(type)) {
            return true;
        }
        if (mediaType == null) {
            return Event.class == type;
        }
        return MediaType.TEXT_EVENT_STREAM.includes(mediaType)
                && BYTES.stream().noneMatch(bytes -> bytes.isAssignableFrom(type));
    }

    @Override
    public Mono<Void> write(
            Publisher<?> input,
            ResolvableType actualType,
            ResolvableType elementType,
            @Nullable MediaType mediaType,
            ServerHttpRequest request,
            ServerHttpResponse response,
            Map<String, Object> hints) {
        Map<String, Object> own = encoder instanceof HttpMessageEncoder<?> httpEncoder
                ? httpEncoder.getEncodeHints(actualType, elementType, mediaType, request, response)
                : Hints.none();
        return write(input, elementType, mediaType, response, Hints.merge(hints, own));
    }

    @Override
    public Mono<Void> write(
            Publisher<?> input,
            ResolvableType elementType,
            @Nullable MediaType mediaType,
            ReactiveHttpOutputMessage message,
            Map<String, Object> hints) {
        HttpHeaders headers = message.getHeaders();
        headers.setContentType(MediaType.TEXT_EVENT_STREAM);
        setIfAbsent(headers, HttpHeaders.CACHE_CONTROL, "no-store, no-transform");
        setIfAbsent(headers, "X-Accel-Buffering", "no");
        ResolvableType dataType = ServerSentEvent.class.isAssignableFrom(elementType.toClass())
                ? elementType.as(ServerSentEvent.class).getGeneric()
                : elementType;
        DataBufferFactory buffers = message.bufferFactory();
        Flux<ByteBuf> frames = Flux.defer(() -> new Stream(element -> frame(element, dataType, buffers, hints))
                .write(Flux.from(input).takeUntilOther(end)));
        return message.writeAndFlushWith(frames.map(frame -> Mono.just(buffers.wrap(frame.nioBuffer()))));
    }

    private static void setIfAbsent(HttpHeaders headers, String name, String value) {
        if (!headers.containsHeader(name)) {
            headers.set(name, value);
        }
    }

    private ByteBuf frame(Object element, ResolvableType type, DataBufferFactory buffers, Map<String, Object> hints) {
        ByteBuf out = Unpooled.buffer();
        if (element instanceof Event event) {
            SseFormat.writeEvent(event, out);
            return out;
        }
        Object data = element;
        if (element instanceof ServerSentEvent<?> event) {
            writeFields(event, out);
            data = event.data();
        }
        if (data != null) {
            SseFormat.writeData(
                    data instanceof String text ? text.getBytes(UTF_8) : json(data, type, buffers, hints), out);
        }
        if (element instanceof ServerSentEvent<?> event) {
            writeId(event.id(), out);
        }
        return out.writeByte('\n');
    }

    /** Behind the data, as {@link SseFormat#writeEvent} has it, and for its reason. */
    private static void writeId(@Nullable String id, ByteBuf out) {
        if (id != null && !id.isEmpty()) {
            SseFormat.writeId(oneLine("id", id), out);
        }
    }

    private static void writeFields(ServerSentEvent<?> event, ByteBuf out) {
        String name = event.event();
        if (name != null && !name.isEmpty()) {
            SseFormat.writeEventName(oneLine("event", name), out);
        }
        Duration retry = event.retry();
        if (retry != null) {
            SseFormat.writeRetry(retry.toMillis(), out);
        }
        String comment = event.comment();
        if (comment != null) {
            SseFormat.writeComment(comment, out);
        }
    }

    private static String oneLine(String field, String value) {
        if (SseFormat.breaksLine(value)) {
            throw new EncodingException("the " + field + " of a server-sent event has no CR, LF or NUL");
        }
        return value;
    }

    /** Asks for {@code application/json}: for {@code text/event-stream} Jackson would put the field names in by itself. */
    @SuppressWarnings("unchecked")
    private byte[] json(Object data, ResolvableType type, DataBufferFactory buffers, Map<String, Object> hints) {
        if (encoder == null) {
            throw new CodecException("no encoder is configured for server-sent events, and the data is not a string");
        }
        DataBuffer json =
                ((Encoder<Object>) encoder).encodeValue(data, buffers, type, MimeTypeUtils.APPLICATION_JSON, hints);
        try {
            byte[] utf8 = new byte[json.readableByteCount()];
            json.read(utf8);
            return utf8;
        } finally {
            DataBufferUtils.release(json);
        }
    }

    /** One response: its frames, and the comments where there are none. */
    private final class Stream {
        /** No frame at all: it is there for the comment in front of the first. */
        private static final ByteBuf OPENING = Unpooled.EMPTY_BUFFER;

        private final Scheduler clock = Schedulers.parallel();
        private final Function<Object, ByteBuf> framing;
        private final Sinks.Empty<Void> ended = Sinks.empty();
        private volatile long lastFrameNanos = clock.now(NANOSECONDS);

        /** Owned by the end of the flux, which is one thread at a time. */
        private boolean begun;

        Stream(Function<Object, ByteBuf> framing) {
            this.framing = framing;
        }

        /** Subscribes to the elements first, so that one which fails at once does so before anything is written. */
        Flux<ByteBuf> write(Flux<?> elements) {
            Flux<ByteBuf> frames =
                    elements.map(element -> now(framing.apply(element))).doOnTerminate(ended::tryEmitEmpty);
            Flux<ByteBuf> comments =
                    Mono.defer(this::heartbeat).repeat().startWith(OPENING).takeUntilOther(ended.asMono());
            return Flux.mergeDelayError(PREFETCH, frames, comments).handle(this::begin);
        }

        private void begin(ByteBuf frame, SynchronousSink<ByteBuf> sink) {
            if (!begun) {
                begun = true;
                sink.next(Unpooled.wrappedBuffer(comment(), frame));
            } else if (frame.isReadable()) {
                sink.next(frame);
            }
        }

        /** Nothing, when there was a frame while it waited: then it is repeated, for the rest of the time. */
        private Mono<ByteBuf> heartbeat() {
            return Mono.delay(heartbeat.minusNanos(silentNanos()), clock)
                    .filter(tick -> silentNanos() >= heartbeat.toNanos())
                    .map(tick -> now(comment()));
        }

        private ByteBuf now(ByteBuf frame) {
            lastFrameNanos = clock.now(NANOSECONDS);
            return frame;
        }

        private long silentNanos() {
            return clock.now(NANOSECONDS) - lastFrameNanos;
        }

        private static ByteBuf comment() {
            return Unpooled.wrappedBuffer(SseFormat.COMMENT);
        }
    }
}
