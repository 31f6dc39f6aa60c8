package dev.belfry.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.belfry.Event;
import io.netty.buffer.ByteBuf;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** One JSON object for each event, and what separates it from the next. */
final class JsonEncoder implements EventEncoder {
    private static final byte[] EMPTY = {};

    private final String name;
    private final byte[] separator;

    JsonEncoder(String name, String separator) {
        this.name = name;
        this.separator = separator.getBytes(US_ASCII);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void encode(Event event, ByteBuf out) {
        JsonFormat.writeEvent(event, out);
        out.writeBytes(separator);
    }

    @Override
    public byte[] heartbeat() {
        return separator;
    }

    @Override
    public byte[] end(EndReason reason, Instant time, long retryMillis) {
        if (reason == EndReason.SHUTDOWN) {
            return EMPTY;
        }
        String json = "{\"topic\":\"%s\",\"event\":\"%s\",\"time\":\"%s\",\"data\":%s}%s"
                .formatted(
                        EndReason.TOPIC,
                        EndReason.EVENT,
                        time.truncatedTo(ChronoUnit.MILLIS),
                        reason.json(),
                        new String(separator, US_ASCII));
        return json.getBytes(US_ASCII);
    }
}
