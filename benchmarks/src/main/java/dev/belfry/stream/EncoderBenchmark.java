package dev.belfry.stream;

import dev.belfry.Data;
import dev.belfry.Event;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Topic;
import dev.belfry.wire.EventEncoder;
import io.netty.buffer.ByteBuf;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One event into one shared, framed buffer: what is done once for each event and wire format. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncoderBenchmark {
    /** The wire format. */
    @Param({"SSE_CHUNKED", "NDJSON_CHUNKED", "WEBSOCKET"})
    public String format = "";

    private final Event event = new Event(
            new Position(1_000_000, 123_456_789),
            Instant.EPOCH,
            new Notification(List.of(new Topic("orders/42")), "notification", Data.text("x".repeat(256)), false, null));

    private StreamFormat stream = StreamFormat.of(EventEncoder.SSE, Framing.CHUNKS);

    /** Looks the format up once. */
    @Setup
    public void setUp() {
        stream = streamFormat();
    }

    /** An event of 256 bytes. */
    @Benchmark
    public int encode() {
        ByteBuf frame = stream.encode(event);
        int length = frame.readableBytes();
        frame.release();
        return length;
    }

    private StreamFormat streamFormat() {
        return switch (format) {
            case "NDJSON_CHUNKED" -> StreamFormat.of(EventEncoder.NDJSON, Framing.CHUNKS);
            case "WEBSOCKET" -> StreamFormat.of(EventEncoder.JSON, Framing.WEBSOCKET);
            default -> StreamFormat.of(EventEncoder.SSE, Framing.CHUNKS);
        };
    }
}
