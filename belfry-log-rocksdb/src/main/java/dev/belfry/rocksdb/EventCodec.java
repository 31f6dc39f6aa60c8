package dev.belfry.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import dev.belfry.Data;
import dev.belfry.Event;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Topic;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An event as it is stored. Its offset is the key, and the offset gives the epoch.
 *
 * <table>
 * <caption>Value in the family {@code events}, big endian</caption>
 * <tr><th>bytes</th><th>what</th></tr>
 * <tr><td>8</td><td>time, in ms</td></tr>
 * <tr><td>8</td><td>bytes of all events before it, since the log began: two of these tell what lies between, without a
 *     scan</td></tr>
 * <tr><td>1</td><td>flags: 1 public, 2 the data is JSON, 4 has a ttl, 8 has extras</td></tr>
 * <tr><td>12 or 0</td><td>ttl: seconds (8), nanoseconds (4)</td></tr>
 * <tr><td>2, n</td><td>topics: length n, then UTF-8, joined by 0x00, which no topic contains</td></tr>
 * <tr><td>2, n</td><td>event name: length n, then UTF-8</td></tr>
 * <tr><td>2, n or 0</td><td>extras: length n, then for each: tag (1), length (2), value. 1 is the alias, 2 the attributes, both
 *     UTF-8; what a version does not know it skips</td></tr>
 * <tr><td>the rest</td><td>data, UTF-8</td></tr>
 * </table>
 */
final class EventCodec {
    private static final int BEFORE = 8;
    private static final int FLAGS = 16;
    private static final int TTL = 17;
    private static final int TTL_LENGTH = 12;
    private static final int PUBLIC = 1;
    private static final int JSON = 2;
    private static final int HAS_TTL = 4;
    private static final int HAS_EXTRAS = 8;
    private static final byte ALIAS = 1;
    private static final byte ATTRIBUTES = 2;
    private static final byte[] NO_EXTRAS = {};

    /** 16 topics of 1,024 characters of up to 3 bytes each, 16 KiB of attributes, and the rest. */
    static final int MAX_HEAD_BYTES = 80 << 10;

    private static final int KEY_OVERHEAD_BYTES = 16;

    private final Interner<List<Topic>> topics = new Interner<>(EventCodec::parseTopics);
    private final Interner<String> names = new Interner<>(name -> name);

    private static List<Topic> parseTopics(String joined) {
        return Stream.of(joined.split("\0", -1)).map(Topic::new).toList();
    }

    static byte[] encode(Event event, long bytesBefore) {
        Notification notification = event.notification();
        byte[] topics = joined(notification.topics()).getBytes(UTF_8);
        byte[] name = notification.event().getBytes(UTF_8);
        byte[] data = notification.data().utf8();
        Duration ttl = notification.ttl();
        int ttlLength = ttl == null ? 0 : TTL_LENGTH;
        byte[] extras = extras(notification);
        ByteBuffer out =
                ByteBuffer.allocate(TTL + ttlLength + 4 + topics.length + name.length + extras.length + data.length);
        out.putLong(event.time().toEpochMilli()).putLong(bytesBefore).put(flags(notification));
        if (ttl != null) {
            out.putLong(ttl.getSeconds()).putInt(ttl.getNano());
        }
        out.putShort((short) topics.length).put(topics);
        out.putShort((short) name.length).put(name);
        return out.put(extras).put(data).array();
    }

    private static byte[] extras(Notification notification) {
        if (!hasExtras(notification)) {
            return NO_EXTRAS;
        }
        ByteArrayOutputStream extras = new ByteArrayOutputStream();
        if (notification.alias() != null) {
            addExtra(ALIAS, notification.alias().getBytes(UTF_8), extras);
        }
        if (notification.attributes() != null) {
            addExtra(ATTRIBUTES, notification.attributes().utf8(), extras);
        }
        return ByteBuffer.allocate(2 + extras.size())
                .putShort((short) extras.size())
                .put(extras.toByteArray())
                .array();
    }

    private static boolean hasExtras(Notification notification) {
        return notification.alias() != null || notification.attributes() != null;
    }

    private static void addExtra(byte tag, byte[] value, ByteArrayOutputStream out) {
        out.write(tag);
        out.write(value.length >> 8);
        out.write(value.length);
        out.writeBytes(value);
    }

    private static String joined(List<Topic> topics) {
        return topics.size() == 1
                ? topics.get(0).name()
                : topics.stream().map(Topic::name).collect(joining("\0"));
    }

    private static byte flags(Notification notification) {
        int isPublic = notification.isPublic() ? PUBLIC : 0;
        int json = notification.data().isJson() ? JSON : 0;
        int extras = hasExtras(notification) ? HAS_EXTRAS : 0;
        return (byte) (isPublic | json | extras | (notification.ttl() == null ? 0 : HAS_TTL));
    }

    /** How much an event counts against retention: its value and its keys, before compression. */
    static long weight(byte[] value, Event event) {
        long weight = (long) value.length + KEY_OVERHEAD_BYTES;
        for (Topic topic : event.topics()) {
            weight += (long) topic.name().length() + KEY_OVERHEAD_BYTES;
        }
        return weight + (event.alias() == null ? 0 : event.alias().length() + KEY_OVERHEAD_BYTES);
    }

    /** Whether it has neither ttl nor extras. */
    static boolean isPlain(byte[] value) {
        return (value[FLAGS] & (HAS_TTL | HAS_EXTRAS)) == 0;
    }

    static boolean isPublic(byte[] value) {
        return (value[FLAGS] & PUBLIC) != 0;
    }

    /** The topics of a plain event, without all the rest. */
    List<Topic> plainTopics(byte[] value) {
        return topics.get(value, TTL + 2, BigEndian.getUnsignedShort(value, TTL));
    }

    static long timeMillis(byte[] value) {
        return BigEndian.getLong(value, 0);
    }

    static long bytesBefore(byte[] value) {
        return BigEndian.getLong(value, BEFORE);
    }

    /** Decodes the first {@code length} bytes of a buffer that may be larger. */
    Event decode(Position position, byte[] value, int length) {
        return decode(position, value, length, true);
    }

    /** Decodes what stands in front of the data, which {@link #MAX_HEAD_BYTES} always hold; the event has none. */
    Event decodeHead(Position position, byte[] value) {
        return decode(position, value, 0, false);
    }

    private Event decode(Position position, byte[] value, int length, boolean hasData) {
        int flags = value[FLAGS];
        int at = TTL;
        Duration ttl = null;
        if ((flags & HAS_TTL) != 0) {
            ttl = Duration.ofSeconds(BigEndian.getLong(value, at), BigEndian.getInt(value, at + 8));
            at += TTL_LENGTH;
        }
        int topicsLength = BigEndian.getUnsignedShort(value, at);
        List<Topic> of = topics.get(value, at + 2, topicsLength);
        at += 2 + topicsLength;
        int nameLength = BigEndian.getUnsignedShort(value, at);
        String name = names.get(value, at + 2, nameLength);
        at += 2 + nameLength;
        String alias = null;
        Data attributes = null;
        if ((flags & HAS_EXTRAS) != 0) {
            int end = at + 2 + BigEndian.getUnsignedShort(value, at);
            byte[] aliasBytes = extra(ALIAS, value, at + 2, end);
            byte[] attributeBytes = extra(ATTRIBUTES, value, at + 2, end);
            alias = aliasBytes == null ? null : new String(aliasBytes, UTF_8);
            attributes = attributeBytes == null ? null : Data.ofUtf8(attributeBytes, true);
            at = end;
        }
        Data data = hasData ? Data.ofUtf8(Arrays.copyOfRange(value, at, length), (flags & JSON) != 0) : Data.EMPTY;
        Notification notification = new Notification(of, name, data, (flags & PUBLIC) != 0, ttl, alias, attributes);
        return new Event(position, Instant.ofEpochMilli(timeMillis(value)), notification);
    }

    private static byte @Nullable [] extra(byte tag, byte[] value, int from, int to) {
        for (int at = from; at < to; at += 3 + BigEndian.getUnsignedShort(value, at + 1)) {
            if (value[at] == tag) {
                return Arrays.copyOfRange(value, at + 3, at + 3 + BigEndian.getUnsignedShort(value, at + 1));
            }
        }
        return null;
    }

    /** When an event is to be deleted, rounded up; null for one that has no ttl, or one beyond the end of the calendar. */
    static @Nullable Long dueMillis(Event event) {
        Instant expires = event.expires();
        if (expires == null || expires.getEpochSecond() >= Long.MAX_VALUE / 1000) {
            return null;
        }
        return expires.plusNanos(999_999).toEpochMilli();
    }
}
