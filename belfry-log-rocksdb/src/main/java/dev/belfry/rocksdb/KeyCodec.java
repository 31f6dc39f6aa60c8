package dev.belfry.rocksdb;

import dev.belfry.KeptReceipt;
import dev.belfry.Position;
import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * What is kept under an idempotency key.
 *
 * <table>
 * <caption>Value in the family {@code idempotency}, big endian</caption>
 * <tr><th>at</th><th>bytes</th><th>what</th></tr>
 * <tr><td>0</td><td>8</td><td>expires, in ms</td></tr>
 * <tr><td>8</td><td>8</td><td>first position: epoch</td></tr>
 * <tr><td>16</td><td>8</td><td>first position: offset</td></tr>
 * <tr><td>24</td><td>4</td><td>how many events</td></tr>
 * <tr><td>28</td><td>to the end</td><td>fingerprint</td></tr>
 * </table>
 */
final class KeyCodec {
    private static final int FINGERPRINT = 28;

    private KeyCodec() {}

    static byte[] encode(KeptReceipt kept) {
        return ByteBuffer.allocate(FINGERPRINT + kept.fingerprint().length)
                .putLong(kept.expires().toEpochMilli())
                .putLong(kept.first().epoch())
                .putLong(kept.first().offset())
                .putInt(kept.count())
                .put(kept.fingerprint())
                .array();
    }

    static KeptReceipt decode(byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        Instant expires = Instant.ofEpochMilli(in.getLong());
        Position first = new Position(in.getLong(), in.getLong());
        int count = in.getInt();
        byte[] fingerprint = new byte[in.remaining()];
        in.get(fingerprint);
        return new KeptReceipt(fingerprint, first, count, expires);
    }

    static long expiresMillis(byte[] value) {
        return ByteBuffer.wrap(value).getLong();
    }
}
