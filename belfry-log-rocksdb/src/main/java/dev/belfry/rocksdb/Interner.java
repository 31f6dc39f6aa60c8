package dev.belfry.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gives the same object for the same bytes most of the time, so that a replay neither builds nor checks a topic for each
 * event. Direct mapped and bounded: what falls on a taken slot replaces it. Any thread; a lost race builds one object more.
 */
final class Interner<T> {
    private static final int SLOTS = 4096;
    private static final int MAX_BYTES = 512;

    private final Function<String, T> create;

    @SuppressWarnings({"unchecked", "rawtypes"})
    private final @Nullable Slot<T>[] slots = new Slot[SLOTS];

    Interner(Function<String, T> create) {
        this.create = create;
    }

    T get(byte[] bytes, int from, int length) {
        int index = hash(bytes, from, length) & (SLOTS - 1);
        Slot<T> slot = slots[index];
        if (slot != null && Arrays.equals(slot.bytes, 0, slot.bytes.length, bytes, from, from + length)) {
            return slot.value;
        }
        T value = create.apply(new String(bytes, from, length, UTF_8));
        if (length <= MAX_BYTES) {
            slots[index] = new Slot<>(Arrays.copyOfRange(bytes, from, from + length), value);
        }
        return value;
    }

    private static int hash(byte[] bytes, int from, int length) {
        int hash = 0;
        for (int i = from; i < from + length; i++) {
            hash = 31 * hash + bytes[i];
        }
        return hash ^ (hash >>> 15);
    }

    /** Its fields are final, which makes it safe to hand over by a race. */
    private static final class Slot<T> {
        final byte[] bytes;
        final T value;

        Slot(byte[] bytes, T value) {
            this.bytes = bytes;
            this.value = value;
        }
    }
}
