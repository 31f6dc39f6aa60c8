package dev.belfry.rocksdb;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;

/**
 * The keys of the families. Numbers are big endian, so that they sort as they count; none is negative. Texts are UTF-8.
 *
 * <table>
 * <caption>Families</caption>
 * <tr><th>family</th><th>key</th><th>value</th></tr>
 * <tr><td>{@code default}</td><td>{@code head}</td><td>offset of the newest event (8), bytes of all events ever (8),
 *     its time in ms (8), how many events ever (8; in format 1 missing and the same as the offset)</td></tr>
 * <tr><td></td><td>{@code oldest}</td><td>offset of the oldest event kept (8); 1 when missing. What is below it is as good
 *     as deleted</td></tr>
 * <tr><td></td><td>{@code epochs}</td><td>for each epoch: the epoch (8), its first offset (8)</td></tr>
 * <tr><td></td><td>{@code gone}</td><td>how many events were removed (8); when missing, those below {@code oldest}</td></tr>
 * <tr><td></td><td>{@code removed}</td><td>how many topics {@code trimmed} has (8), the offset up to which it is forgotten
 *     what was removed (8), the newest offset that was removed (8)</td></tr>
 * <tr><td></td><td>{@code names}</td><td>how many idempotency keys are kept (8), as {@code expiry} has them</td></tr>
 * <tr><td></td><td>{@code indexed}</td><td>from which offset on {@code topics} is whole (8); 0 when missing</td></tr>
 * <tr><td>{@code events}</td><td>offset (8)</td><td>{@link EventCodec}</td></tr>
 * <tr><td>{@code topics}</td><td>topic, 0x00, offset (8)</td><td>nothing</td></tr>
 * <tr><td>{@code expiry}</td><td>due in ms (8), kind (1): 0 an event, 1 an idempotency key, then its key: offset (8), or the
 *     name</td><td>nothing</td></tr>
 * <tr><td>{@code idempotency}</td><td>name</td><td>{@link KeyCodec}</td></tr>
 * <tr><td>{@code aliases}</td><td>alias, 0x00, offset (8)</td><td>nothing</td></tr>
 * <tr><td>{@code trimmed}</td><td>topic</td><td>the newest offsets that retention has removed of it (8 each): public, private,
 *     private with several topics</td></tr>
 * <tr><td>{@code trimmed-order}</td><td>the newest of these offsets (8), topic</td><td>when that was removed, in ms
 *     (8)</td></tr>
 * </table>
 *
 * <p>After damage there may be families {@code events@OFFSET}, for the events from that offset on, and {@code meta@NUMBER}, the newest of
 * which takes the place of {@code default}.
 *
 * <p>Format 1 has neither of the last three families, nor extras in its events; everything else is read as it is. A key of
 * {@code default} that a version does not know is left alone.
 *
 * <p>All keys of one group of publications are written by one batch. {@code default} is what the design calls meta: RocksDB
 * insists on a family of that name.
 */
final class Keys {
    static final byte[] HEAD = "head".getBytes(US_ASCII);
    static final byte[] OLDEST = "oldest".getBytes(US_ASCII);
    static final byte[] EPOCHS = "epochs".getBytes(US_ASCII);

    static final byte[] GONE = "gone".getBytes(US_ASCII);
    static final byte[] REMOVED = "removed".getBytes(US_ASCII);
    static final byte[] NAMES = "names".getBytes(US_ASCII);
    static final byte[] INDEXED = "indexed".getBytes(US_ASCII);

    static final byte EVENT = 0;
    static final byte IDEMPOTENCY = 1;
    static final int EXPIRY_REFERENCE = 9;

    private Keys() {}

    static byte[] offset(long offset) {
        return ByteBuffer.allocate(8).putLong(offset).array();
    }

    static byte[] topic(byte[] topic, long offset) {
        return named(topic, offset);
    }

    /** Of the indexes by topic and by alias. */
    static byte[] named(byte[] name, long offset) {
        return ByteBuffer.allocate(name.length + 9)
                .put(name)
                .put((byte) 0)
                .putLong(offset)
                .array();
    }

    static long offsetOfTopicKey(byte[] key) {
        return offsetOfNamedKey(key);
    }

    static long offsetOfNamedKey(byte[] key) {
        return BigEndian.getLong(key, key.length - 8);
    }

    static byte[] order(long offset, byte[] topic) {
        return ByteBuffer.allocate(topic.length + 8).putLong(offset).put(topic).array();
    }

    static byte[] due(long millis) {
        return offset(millis);
    }

    static byte[] expiry(long millis, long offset) {
        return expiry(millis, EVENT, offset(offset));
    }

    static byte[] expiry(long millis, String idempotencyKey) {
        return expiry(millis, IDEMPOTENCY, idempotencyKey.getBytes(UTF_8));
    }

    private static byte[] expiry(long millis, byte kind, byte[] reference) {
        return ByteBuffer.allocate(EXPIRY_REFERENCE + reference.length)
                .putLong(millis)
                .put(kind)
                .put(reference)
                .array();
    }
}
