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
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** One event into one shared, framed buffer: what is done once for each event and wire format. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncoderBenchmark {
    /** The wire format. */
    @Param({"SSE_CHUNKED", "NDJSON_CHUNKED", "WEBSOCKET"})
    public String format = "";

    private static final Map<String, StreamFormat> FORMATS = Map.of(
            "SSE_CHUNKED", StreamFormat.of(EventEncoder.SSE, Framing.CHUNKS),
            "NDJSON_CHUNKED", StreamFormat.of(EventEncoder.NDJSON, Framing.CHUNKS),
            "WEBSOCKET", StreamFormat.of(EventEncoder.JSON, Framing.WEBSOCKET));

    private final Event event = new Event(
            new Position(1_000_000, 123_456_789),
            Instant.EPOCH,
            new Notification(List.of(new Topic("orders/42")), "notification", Data.text("x".repeat(256)), false, null));

    /** An event of 256 bytes. */
    @Benchmark
    public int encode() {
        ByteBuf frame = FORMATS.get(format).encode(event);
        int length = frame.readableBytes();
        frame.release();
        return length;
    }
}
