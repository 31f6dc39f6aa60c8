package dev.belfry.rocksdb;

import dev.belfry.Epochs;
import dev.belfry.Position;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The values of the family {@code default}, whose table is in {@link Keys}. */
final class MetaCodec {
    private MetaCodec() {}

    /**
     * Where the log ends.
     *
     * @param offset of the newest event, 0 before the first
     * @param bytes of all events ever, as {@link EventCodec#weight} counts them
     * @param timeMillis of the newest event
     */
    record Head(long offset, long bytes, long timeMillis) {
        static final Head NONE = new Head(0, 0, 0);
    }

    static byte[] encode(Head head) {
        return ByteBuffer.allocate(24)
                .putLong(head.offset)
                .putLong(head.bytes)
                .putLong(head.timeMillis)
                .array();
    }

    static Head head(byte @Nullable [] value) {
        if (value == null) {
            return Head.NONE;
        }
        ByteBuffer in = ByteBuffer.wrap(value);
        return new Head(in.getLong(), in.getLong(), in.getLong());
    }

    static byte[] encode(Epochs epochs) {
        ByteBuffer out = ByteBuffer.allocate(16 * epochs.starts().size());
        epochs.starts().forEach(start -> out.putLong(start.epoch()).putLong(start.offset()));
        return out.array();
    }

    static Epochs epochs(byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        List<Position> starts = new ArrayList<>();
        while (in.hasRemaining()) {
            starts.add(new Position(in.getLong(), in.getLong()));
        }
        return Epochs.of(starts);
    }
}
