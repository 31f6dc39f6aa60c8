package dev.belfry.rocksdb;

import dev.belfry.KeptReceipt;
import dev.belfry.PositionRuns;
import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * What is kept under an idempotency key.
 *
 * <table>
 * <caption>Value in the family {@code idempotency}, big endian</caption>
 * <tr><th>at</th><th>bytes</th><th>what</th></tr>
 * <tr><td>0</td><td>8</td><td>expires, in ms</td></tr>
 * <tr><td>8</td><td>8</td><td>epoch of the positions</td></tr>
 * <tr><td>16</td><td>12 for each run of positions without holes</td><td>first offset (8), length (4)</td></tr>
 * <tr><td>32 before the end</td><td>32</td><td>fingerprint</td></tr>
 * </table>
 */
final class KeyCodec {
    private static final int FINGERPRINT_LENGTH = 32;
    private static final int RUN_LENGTH = 12;

    private KeyCodec() {}

    static byte[] encode(KeptReceipt kept) {
        long[] runs = kept.positions().runs();
        ByteBuffer out = ByteBuffer.allocate(16 + runs.length / 2 * RUN_LENGTH + FINGERPRINT_LENGTH)
                .putLong(kept.expires().toEpochMilli())
                .putLong(kept.positions().epoch());
        for (int i = 0; i < runs.length; i += 2) {
            out.putLong(runs[i]).putInt((int) runs[i + 1]);
        }
        return out.put(kept.fingerprint()).array();
    }

    static KeptReceipt decode(byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        Instant expires = Instant.ofEpochMilli(in.getLong());
        long epoch = in.getLong();
        long[] runs = new long[(in.remaining() - FINGERPRINT_LENGTH) / RUN_LENGTH * 2];
        for (int i = 0; i < runs.length; i += 2) {
            runs[i] = in.getLong();
            runs[i + 1] = in.getInt();
        }
        byte[] fingerprint = new byte[FINGERPRINT_LENGTH];
        in.get(fingerprint);
        return new KeptReceipt(fingerprint, PositionRuns.of(epoch, runs), expires);
    }

    static long expiresMillis(byte[] value) {
        return BigEndian.getLong(value, 0);
    }
}
