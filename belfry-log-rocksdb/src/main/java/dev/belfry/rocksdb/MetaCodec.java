package dev.belfry.rocksdb;

import dev.belfry.Epochs;
import dev.belfry.Position;
import dev.belfry.Removed;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The values of the families {@code default} and {@code trimmed}, whose table is in {@link Keys}. */
final class MetaCodec {
    private MetaCodec() {}

    /**
     * Where the log ends.
     *
     * @param offset of the newest event, 0 before the first
     * @param bytes of all events ever, as {@link EventCodec#weight} counts them
     * @param timeMillis of the newest event
     * @param events how many ever
     */
    record Head(long offset, long bytes, long timeMillis, long events) {
        static final Head NONE = new Head(0, 0, 0, 0);
    }

    /**
     * How much is remembered of what retention removed.
     *
     * @param topics how many
     * @param forgotten up to this offset nothing is known
     * @param newest the newest offset that was removed
     */
    record Removals(long topics, long forgotten, long newest) {}

    static byte[] encode(Head head) {
        return longs(head.offset, head.bytes, head.timeMillis, head.events);
    }

    static Head head(byte @Nullable [] value) {
        if (value == null) {
            return Head.NONE;
        }
        ByteBuffer in = ByteBuffer.wrap(value);
        long offset = in.getLong();
        return new Head(offset, in.getLong(), in.getLong(), in.hasRemaining() ? in.getLong() : offset);
    }

    static byte[] encode(Removals removals) {
        return longs(removals.topics, removals.forgotten, removals.newest);
    }

    static long oldest(byte @Nullable [] value) {
        return value == null ? 1 : BigEndian.getLong(value, 0);
    }

    /** A log that has none has removed nothing, or something before it began to remember. */
    static Removals removals(byte @Nullable [] value, long oldest) {
        if (value == null) {
            return new Removals(0, oldest - 1, oldest - 1);
        }
        ByteBuffer in = ByteBuffer.wrap(value);
        return new Removals(in.getLong(), in.getLong(), in.getLong());
    }

    static byte[] encode(Removed removed) {
        return longs(removed.publicOffset(), removed.privateOffset(), removed.sharedOffset());
    }

    static Removed removed(byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        return new Removed(in.getLong(), in.getLong(), in.getLong());
    }

    private static byte[] longs(long... values) {
        ByteBuffer out = ByteBuffer.allocate(8 * values.length);
        for (long value : values) {
            out.putLong(value);
        }
        return out.array();
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
