package dev.belfry.webflux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belfry.Event;
import dev.belfry.Notification;
import dev.belfry.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.springframework.core.ResolvableType;
import org.springframework.core.codec.EncodingException;
import org.springframework.core.io.Resource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ReactiveHttpOutputMessage;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.codec.json.JacksonJsonEncoder;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

class SseHttpMessageWriterTest {
    private static final Duration HEARTBEAT = Duration.ofSeconds(25);

    private final SseHttpMessageWriter writer = new SseHttpMessageWriter(new JacksonJsonEncoder());

    @Test
    void aStringIsItsOwnData() {
        assertThat(written(Flux.just("VioletBeach: 1", "VioletBeach: 2"), String.class))
                .isEqualTo(":\n\ndata: VioletBeach: 1\n\ndata: VioletBeach: 2\n\n");
    }

    @Test
    void aLeadingSpaceOfALineIsKept() {
        assertThat(written(Flux.just("  two\n one"), String.class)).isEqualTo(":\n\ndata:   two\ndata:  one\n\n");
    }

    @Test
    void dataIsSplitAtEveryKindOfLineEnd() {
        assertThat(written(Flux.just("a\nb\rc\r\nd\n\ne\n"), String.class))
                .isEqualTo(":\n\ndata: a\ndata: b\ndata: c\ndata: d\ndata: \ndata: e\ndata: \n\n");
    }

    @Test
    void anEmptyStringIsOneEmptyLine() {
        assertThat(written(Flux.just(""), String.class)).isEqualTo(":\n\ndata: \n\n");
    }

    @Test
    void anObjectIsJson() {
        assertThat(written(Flux.just(new Point(1, 2)), Point.class)).isEqualTo(":\n\ndata: {\"x\":1,\"y\":2}\n\n");
    }

    @Test
    void jsonOnSeveralLinesIsSplit() {
        JsonMapper pretty =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        SseHttpMessageWriter prettyWriter = new SseHttpMessageWriter(new JacksonJsonEncoder(pretty));

        assertThat(text(frames(prettyWriter, Flux.just(new Point(1, 2)), Point.class)))
                .isEqualTo(":\n\ndata: {\ndata:   \"x\" : 1,\ndata:   \"y\" : 2\ndata: }\n\n");
    }

    @Test
    void everyFieldOfAServerSentEventIsWritten() {
        ServerSentEvent<Point> event = ServerSentEvent.<Point>builder()
                .id("7")
                .event("moved")
                .retry(Duration.ofSeconds(2))
                .comment("why")
                .data(new Point(1, 2))
                .build();

        assertThat(written(Flux.just(event), ServerSentEvent.class))
                .isEqualTo(":\n\nevent: moved\nretry: 2000\n: why\ndata: {\"x\":1,\"y\":2}\nid: 7\n\n");
    }

    @Test
    void emptyIdsAndEventNamesAreLeftOut() {
        ServerSentEvent<String> event =
                ServerSentEvent.<String>builder().id("").event("").data("x").build();

        assertThat(written(Flux.just(event), ServerSentEvent.class)).isEqualTo(":\n\ndata: x\n\n");
    }

    @Test
    void anEventWithoutDataHasNone() {
        ServerSentEvent<String> event =
                ServerSentEvent.<String>builder().comment("still here").build();

        assertThat(written(Flux.just(event), ServerSentEvent.class)).isEqualTo(":\n\n: still here\n\n");
    }

    @Test
    void aCommentCannotInjectAField() {
        ServerSentEvent<String> event = ServerSentEvent.<String>builder()
                .comment("a\ndata: b\rdata: c\r\ndata: d")
                .build();

        assertThat(written(Flux.just(event), ServerSentEvent.class))
                .isEqualTo(":\n\n: a\n: data: b\n: data: c\n: data: d\n\n");
    }

    @Test
    void anIdOrEventNameThatBreaksItsLineIsAnError() {
        StepVerifier.create(frames(writer, Flux.just(sse("a\0b", "e")), ServerSentEvent.class))
                .verifyError(EncodingException.class);
        StepVerifier.create(frames(writer, Flux.just(sse("7", "a\0b")), ServerSentEvent.class))
                .verifyError(EncodingException.class);
        // CR and LF get no further than Spring's builder
        assertThatIllegalArgumentException().isThrownBy(() -> sse("a\ndata: b", "e"));
        assertThatIllegalArgumentException().isThrownBy(() -> sse("7", "a\rdata: b"));
    }

    @Test
    void anEventOfTheLogHasItsPositionAsItsId() {
        Event event = event("INFO: Deploy finished");

        assertThat(written(Flux.just(event), Event.class))
                .isEqualTo(":\n\nevent: notification\ndata: INFO: Deploy finished\nid: " + event.position() + "\n\n");
    }

    @Test
    void elementsOfSeveralTypesMayBeMixed() {
        Flux<Object> mixed = Flux.just(ServerSentEvent.builder("a").build(), "b", new Point(1, 2));

        assertThat(written(mixed, Object.class)).isEqualTo(":\n\ndata: a\n\ndata: b\n\ndata: {\"x\":1,\"y\":2}\n\n");
    }

    @Test
    void theHeadersKeepEveryoneFromBuffering() {
        HttpHeaders headers = write(writer, Flux.just("a"), String.class, new Message()).headers;

        assertThat(headers.getContentType()).isEqualTo(MediaType.TEXT_EVENT_STREAM);
        assertThat(headers.getCacheControl()).isEqualTo("no-store, no-transform");
        assertThat(headers.getFirst("X-Accel-Buffering")).isEqualTo("no");
    }

    @Test
    void theControllersOwnHeadersStay() {
        Message message = new Message();
        message.headers.setCacheControl("private");
        message.headers.set("X-Accel-Buffering", "yes");

        write(writer, Flux.just("a"), String.class, message);

        assertThat(message.headers.getCacheControl()).isEqualTo("private");
        assertThat(message.headers.getFirst("X-Accel-Buffering")).isEqualTo("yes");
    }

    @Test
    void aSilentStreamBeginsWithACommentAndGetsOneAfterEachHeartbeat() {
        StepVerifier.withVirtualTime(() -> frames(Flux.never()))
                .expectSubscription()
                .expectNext(":\n\n")
                .expectNoEvent(HEARTBEAT.minusMillis(1))
                .thenAwait(Duration.ofMillis(1))
                .expectNext(":\n\n")
                .expectNoEvent(HEARTBEAT.minusMillis(1))
                .thenAwait(Duration.ofMillis(1))
                .expectNext(":\n\n")
                .thenCancel()
                .verify();
    }

    @Test
    void anElementPutsTheHeartbeatOff() {
        TestPublisher<String> source = TestPublisher.create();

        StepVerifier.withVirtualTime(() -> frames(source))
                .expectNext(":\n\n")
                .thenAwait(HEARTBEAT.minusSeconds(1))
                .then(() -> source.next("a"))
                .expectNext("data: a\n\n")
                .expectNoEvent(HEARTBEAT.minusMillis(1))
                .thenAwait(Duration.ofMillis(1))
                .expectNext(":\n\n")
                .then(source::complete)
                .verifyComplete();
    }

    @Test
    void heartbeatsDoNotPileUpBeforeAClientThatTakesNothing() {
        StepVerifier.withVirtualTime(() -> frames(Flux.never()), 1)
                .expectNext(":\n\n")
                .thenAwait(HEARTBEAT.multipliedBy(10_000))
                .thenRequest(100)
                .expectNextCount(32)
                .expectNoEvent(HEARTBEAT.minusMillis(1))
                .thenCancel()
                .verify();
    }

    @Test
    void noMoreElementsAreAskedForThanAClientTakes() {
        TestPublisher<String> source = TestPublisher.create();

        StepVerifier.create(frames(source), 0)
                .expectSubscription()
                .then(() -> source.assertMaxRequested(32))
                .thenCancel()
                .verify();
    }

    @Test
    void anErrorAtOnceComesBeforeAnythingIsWritten() {
        StepVerifier.create(frames(Flux.error(new IllegalStateException("broken"))))
                .verifyErrorMessage("broken");
    }

    @Test
    void anErrorComesBehindWhatWasThereBefore() {
        Flux<String> broken = Flux.just("a", "b").concatWith(Mono.error(new IllegalStateException("broken")));

        StepVerifier.create(frames(broken), 0)
                .thenRequest(2)
                .expectNext(":\n\ndata: a\n\n", "data: b\n\n")
                .verifyErrorMessage("broken");
    }

    @Test
    void cancellingCancelsTheSourceAndTheHeartbeat() {
        TestPublisher<String> source = TestPublisher.create();

        StepVerifier.withVirtualTime(() -> frames(source))
                .expectNext(":\n\n")
                .thenCancel()
                .verify();

        source.assertCancelled();
    }

    @Test
    void aStreamWithoutEndEndsWhenItIsTold() {
        Sinks.Empty<Void> draining = Sinks.empty();
        TestPublisher<String> source = TestPublisher.create();
        SseHttpMessageWriter ending = new SseHttpMessageWriter(null, HEARTBEAT, draining.asMono());

        StepVerifier.create(frames(ending, source, String.class))
                .expectNext(":\n\n")
                .then(draining::tryEmitEmpty)
                .verifyComplete();

        source.assertCancelled();
    }

    @Test
    void itTakesWhatSpringsTakesAsAnEventStream() {
        for (Class<?> type : List.of(String.class, Point.class, Object.class, ServerSentEvent.class, Event.class)) {
            assertThat(canWrite(type, MediaType.TEXT_EVENT_STREAM)).isTrue();
        }
        assertThat(canWrite(ServerSentEvent.class, null)).isTrue();
        assertThat(canWrite(Event.class, null)).isTrue();
    }

    @Test
    void itLeavesAloneWhatIsNoEventStream() {
        assertThat(canWrite(Point.class, MediaType.APPLICATION_JSON)).isFalse();
        assertThat(canWrite(Event.class, MediaType.APPLICATION_JSON)).isFalse();
        // else a client that accepts anything would get a stream from every controller
        assertThat(canWrite(Point.class, null)).isFalse();
        assertThat(canWrite(String.class, null)).isFalse();
        assertThat(canWrite(byte[].class, MediaType.TEXT_EVENT_STREAM)).isFalse();
        assertThat(canWrite(DataBuffer.class, MediaType.TEXT_EVENT_STREAM)).isFalse();
        assertThat(canWrite(Resource.class, MediaType.TEXT_EVENT_STREAM)).isFalse();
    }

    private boolean canWrite(Class<?> type, MediaType mediaType) {
        return writer.canWrite(ResolvableType.forClass(type), mediaType);
    }

    private String written(Publisher<?> elements, Class<?> type) {
        return text(frames(writer, elements, type));
    }

    private Flux<String> frames(Publisher<?> elements) {
        return frames(writer, elements, String.class);
    }

    /** One string for every flush. */
    private static Flux<String> frames(SseHttpMessageWriter writer, Publisher<?> elements, Class<?> type) {
        return write(writer, elements, type, new Message()).frames;
    }

    private static Message write(SseHttpMessageWriter writer, Publisher<?> elements, Class<?> type, Message message) {
        writer.write(elements, ResolvableType.forClass(type), MediaType.TEXT_EVENT_STREAM, message, Map.of());
        return message;
    }

    private static String text(Flux<String> frames) {
        return String.join("", frames.collectList().block());
    }

    private static ServerSentEvent<String> sse(String id, String event) {
        return ServerSentEvent.builder("x").id(id).event(event).build();
    }

    private static Event event(String text) {
        return new Event(new Position(1, 1), Instant.EPOCH, Notification.of("deploys", text));
    }

    private record Point(int x, int y) {}

    /** Keeps what it is given to write, which is subscribed to when the test says so. */
    private static final class Message implements ReactiveHttpOutputMessage {
        private final HttpHeaders headers = new HttpHeaders();
        private Flux<String> frames = Flux.empty();

        @Override
        public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
            frames = Flux.from(body).concatMap(DataBufferUtils::join, 0).map(buffer -> buffer.toString(UTF_8));
            return Mono.empty();
        }

        @Override
        public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
            throw new AssertionError("every element is flushed");
        }

        @Override
        public DataBufferFactory bufferFactory() {
            return DefaultDataBufferFactory.sharedInstance;
        }

        @Override
        public HttpHeaders getHeaders() {
            return headers;
        }

        @Override
        public void beforeCommit(Supplier<? extends Mono<Void>> action) {}

        @Override
        public boolean isCommitted() {
            return false;
        }

        @Override
        public Mono<Void> setComplete() {
            return Mono.empty();
        }
    }
}
