package dev.belfry.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.Topic;
import dev.belfry.TopicSelector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/** Where the events of some topics are, so that reading one topic never touches the others' events. */
final class TopicIndex {
    private static final int MAX_TOPICS = 256;
    private static final int MAX_VISITED = 512;
    private static final int MIN_PER_TOPIC = 64;
    private static final int MAX_PER_TOPIC = 10_000;

    private final View view;

    TopicIndex(View view) {
        this.view = view;
    }

    /**
     * Offsets, ascending and each once.
     *
     * @param horizon up to where they are all the topics have; more may follow behind it
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Offsets(long[] sorted, long horizon) {}

    /** The topics that the selectors match; null when reading all events is the better way. */
    @Nullable
    Collection<byte[]> topicsOf(Set<TopicSelector> selectors) throws RocksDBException {
        Set<String> names = new LinkedHashSet<>();
        int visited = 0;
        for (TopicSelector selector : selectors) {
            String prefix = selector.literalPrefix();
            if (selector.isExact()) {
                names.add(prefix);
            } else if (prefix.isEmpty()) {
                return null;
            } else {
                visited += addBelow(prefix, selector, names, MAX_VISITED - visited);
            }
            if (visited >= MAX_VISITED || names.size() > MAX_TOPICS) {
                return null;
            }
        }
        return names.stream().map(name -> name.getBytes(UTF_8)).toList();
    }

    /** Skips from topic to topic. Returns how many it has visited. */
    private int addBelow(String literalPrefix, TopicSelector selector, Set<String> names, int max)
            throws RocksDBException {
        byte[] prefix = literalPrefix.getBytes(UTF_8);
        int visited = 0;
        try (Range range = new Range(prefix, append(prefix, (byte) 0xFF))) { // no UTF-8 has this byte
            for (byte[] key = range.first(); key != null && visited < max; visited++) {
                byte[] topic = Arrays.copyOf(key, key.length - 9);
                String name = new String(topic, UTF_8);
                if (selector.matches(new Topic(name))) {
                    names.add(name);
                }
                key = range.seek(append(topic, (byte) 1)); // behind all of this one's, 0x00 being their separator
            }
        }
        return visited;
    }

    private static byte[] append(byte[] bytes, byte last) {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        longer[bytes.length] = last;
        return longer;
    }

    /** The newest offset of a topic; 0 when it has none. */
    long newestOf(Topic topic) throws RocksDBException {
        byte[] name = topic.name().getBytes(UTF_8);
        try (Range range = new Range(Keys.topic(name, view.oldest), Keys.topic(name, view.head + 1))) {
            byte[] last = range.last();
            return last == null ? 0 : Keys.offsetOfTopicKey(last);
        }
    }

    /** A stretch of the topics' offsets, from {@code from} on and of about {@code wanted} when there are that many. */
    Offsets offsets(Collection<byte[]> topics, long from, int wanted) throws RocksDBException {
        int share = topics.size() <= 1 ? wanted : 2 * wanted / topics.size();
        int perTopic = Math.min(Math.max(share, MIN_PER_TOPIC), MAX_PER_TOPIC);
        long horizon = view.head;
        List<long[]> found = new ArrayList<>();
        for (byte[] topic : topics) {
            long[] offsets = offsets(topic, from, horizon, perTopic);
            if (offsets.length == perTopic) {
                horizon = offsets[perTopic - 1];
            }
            found.add(offsets);
        }
        long end = horizon;
        long[] sorted = found.size() == 1
                ? found.get(0)
                : found.stream()
                        .flatMapToLong(Arrays::stream)
                        .filter(o -> o <= end)
                        .sorted()
                        .distinct()
                        .toArray();
        return new Offsets(sorted, horizon);
    }

    private long[] offsets(byte[] topic, long from, long to, int max) throws RocksDBException {
        long[] offsets = new long[MIN_PER_TOPIC];
        int count = 0;
        try (Range range = new Range(Keys.topic(topic, from), Keys.topic(topic, to + 1))) {
            for (byte[] key = range.first(); key != null && count < max; key = count < max ? range.next() : null) {
                if (count == offsets.length) {
                    offsets = Arrays.copyOf(offsets, Math.min(2 * count, max));
                }
                offsets[count++] = Keys.offsetOfTopicKey(key);
            }
        }
        return Arrays.copyOf(offsets, count);
    }

    /** A part of the index. */
    private final class Range extends KeyRange {
        Range(byte[] from, byte[] end) {
            super(view, view.database.topics(), from, end);
        }
    }
}
