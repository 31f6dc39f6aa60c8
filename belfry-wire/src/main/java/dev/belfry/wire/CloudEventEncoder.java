package dev.belfry.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.Event;
import io.netty.buffer.ByteBuf;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A CloudEvent for each event, and what separates it from the next. One object for each source, of which a server has one. */
final class CloudEventEncoder implements EventEncoder {
    private static final byte[] EMPTY = {};
    private static final Map<CloudEventEncoder.Key, CloudEventEncoder> ALL = new ConcurrentHashMap<>();

    private record Key(String source, String separator) {}

    private final String source;
    private final byte[] separator;

    private CloudEventEncoder(Key key) {
        source = key.source;
        separator = key.separator.getBytes(US_ASCII);
    }

    /** Encoders are told apart by identity. */
    static CloudEventEncoder of(String source, String separator) {
        return ALL.computeIfAbsent(new Key(source, separator), CloudEventEncoder::new);
    }

    @Override
    public String name() {
        return "cloudevents";
    }

    @Override
    public void encode(Event event, ByteBuf out) {
        CloudEventFormat.writeEvent(event, source, out);
        out.writeBytes(separator);
    }

    @Override
    public byte[] heartbeat() {
        return separator;
    }

    /** A CloudEvent has an id; this one has no {@code belfryid}, so it is no cursor. */
    @Override
    public byte[] end(EndReason reason, Instant time, long retryMillis) {
        if (reason == EndReason.SHUTDOWN) {
            return EMPTY;
        }
        String json =
                "{\"specversion\":\"%s\",\"type\":\"%s\",\"id\":\"%s\",\"source\":%s,\"subject\":\"%s\",\"time\":\"%s\",\"data\":%s}%s"
                        .formatted(
                                CloudEvent.SPEC_VERSION,
                                EndReason.EVENT,
                                EndReason.EVENT,
                                CloudEventFormat.quoted(source),
                                EndReason.TOPIC,
                                time.truncatedTo(ChronoUnit.MILLIS),
                                reason.json(),
                                new String(separator, US_ASCII));
        return json.getBytes(UTF_8);
    }
}
