package dev.belfry.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.Event;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.testkit.LeakProbe;
import dev.belfry.testkit.Wire;
import dev.belfry.wire.EndReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2DataFrame;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FramingTest {
    @AfterAll
    static void nothingHasLeaked() {
        LeakProbe.assertNoLeaks();
    }

    private static Event event(int offset, String text) {
        return new Event(new Position(35, offset), Instant.EPOCH, Notification.of("t", text));
    }

    private static byte[] bytes(ByteBuf buffer) {
        byte[] bytes = ByteBufUtil.getBytes(buffer);
        // there is one empty buffer for all, and nothing to release
        assertThat(buffer.release() || buffer.capacity() == 0).isTrue();
        return bytes;
    }

    @ParameterizedTest
    @EnumSource(TestFormat.class)
    void eventsAreReadBackWhetherEncodedTogetherOrOneByOne(TestFormat format) {
        List<Event> events = IntStream.range(0, 20)
                .mapToObj(i -> event(i, "x".repeat(i * i * i)))
                .toList();
        byte[] together = bytes(format.format.encode(events));
        ByteBuf single = Unpooled.buffer();
        events.forEach(event -> single.writeBytes(bytes(format.format.encode(event))));

        assertThat(format.ids(together)).isEqualTo(TestShard.ids(events));
        assertThat(format.ids(bytes(single))).isEqualTo(TestShard.ids(events));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 4096, 65_535, 65_536, 1 << 20})
    void aChunkSaysItsLength(int length) {
        Event event = event(1, "x".repeat(length));
        byte[] plain = bytes(TestFormat.SSE_TO_END.format.encode(event));
        byte[] chunk = bytes(TestFormat.SSE_CHUNKED.format.encode(event));
        assertThat(Wire.chunks(chunk)).isEqualTo(new Wire.Body(new String(plain, UTF_8), false));
        assertThat(new String(chunk, UTF_8)).startsWith(Integer.toHexString(plain.length) + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {125, 126, 127, 65_535, 65_536, 65_537, 1 << 20})
    void aMessageOfAnyLengthIsOneFrame(int length) {
        int envelope = bytes(TestFormat.NDJSON_TO_END.format.encode(event(1, ""))).length - 1;
        Event event = event(1, "x".repeat(length - envelope));
        byte[] frame = bytes(TestFormat.WEBSOCKET.format.encode(event));
        Wire.Messages messages = Wire.messages(frame);
        assertThat(messages.texts()).hasSize(1);
        assertThat(messages.texts().get(0)).hasSize(length);
        assertThat(frame).hasSize(length + (length < 126 ? 2 : length < 65_536 ? 4 : 10));
    }

    @Test
    void aSignOfLifeIsNoEventAndHasNoId() {
        assertThat(new String(bytes(TestFormat.SSE_TO_END.format.heartbeat()), UTF_8))
                .isEqualTo(":\n\n");
        assertThat(Wire.chunks(bytes(TestFormat.SSE_CHUNKED.format.heartbeat())))
                .isEqualTo(new Wire.Body(":\n\n", false));
        assertThat(Wire.chunks(bytes(TestFormat.NDJSON_CHUNKED.format.heartbeat())))
                .isEqualTo(new Wire.Body("\n", false));
        assertThat(Wire.messages(bytes(TestFormat.WEBSOCKET.format.heartbeat())))
                .isEqualTo(new Wire.Messages(List.of(), 1, 0));
    }

    @Test
    void theEndIsTheFormatsOwn() {
        assertThat(bytes((ByteBuf) TestFormat.SSE_TO_END.format.lastMessage(EndReason.SHUTDOWN, Instant.EPOCH, 2500)))
                .asString()
                .isEqualTo("retry: 2500\n\n");
        assertThat(Wire.chunks(bytes(
                        (ByteBuf) TestFormat.SSE_CHUNKED.format.lastMessage(EndReason.SHUTDOWN, Instant.EPOCH, 2500))))
                .isEqualTo(new Wire.Body("retry: 2500\n\n", true));
        assertThat(Wire.chunks(bytes((ByteBuf)
                        TestFormat.NDJSON_CHUNKED.format.lastMessage(EndReason.SHUTDOWN, Instant.EPOCH, 2500))))
                .isEqualTo(new Wire.Body("", true));
        assertThat(bytes(
                        (ByteBuf) TestFormat.NDJSON_TO_END.format.lastMessage(EndReason.SHUTDOWN, Instant.EPOCH, 2500)))
                .isEmpty();
        assertThat(Wire.messages(bytes((ByteBuf)
                                TestFormat.WEBSOCKET.format.lastMessage(EndReason.SHUTDOWN, Instant.EPOCH, 2500)))
                        .closeCode())
                .isEqualTo(1012);
        Http2DataFrame last =
                (Http2DataFrame) TestFormat.SSE_HTTP2.format.lastMessage(EndReason.SHUTDOWN, Instant.EPOCH, 2500);
        assertThat(last.isEndStream()).isTrue();
        assertThat(last.content().toString(UTF_8)).isEqualTo("retry: 2500\n\n");
        last.release();
    }
}
