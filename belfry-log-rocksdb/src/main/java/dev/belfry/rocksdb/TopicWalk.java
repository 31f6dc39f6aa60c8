package dev.belfry.rocksdb;

import dev.belfry.ReadLimits;
import dev.belfry.Topic;
import dev.belfry.TopicPage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.rocksdb.RocksDBException;

/**
 * Walks back from an event to older ones, and finds the topics of which each is the newest. The events are read in stretches, as they
 * are made to be read forwards.
 */
final class TopicWalk {
    private static final long STRETCH = 256;

    /** Where events were deleted, a stretch has few. */
    private static final long MAX_STRETCH = 1 << 20;

    private final View view;
    private final EventCodec codec;
    private final String prefix;
    private final ReadLimits limits;
    private final TopicIndex index;
    private final List<TopicPage.Entry> found = new ArrayList<>();
    private final long beganNanos = System.nanoTime();
    private int looked;

    private record Seen(long offset, long timeMillis, List<Topic> topics) {}

    TopicWalk(View view, EventCodec codec, String prefix, ReadLimits limits) {
        this.view = view;
        this.codec = codec;
        this.prefix = prefix;
        this.limits = limits;
        index = new TopicIndex(view);
    }

    /** The topics of events in front of an offset. */
    TopicPage back(long before) throws RocksDBException {
        long end = Math.min(before, view.head + 1);
        long stretch = STRETCH;
        while (end > view.oldest) {
            long from = Math.max(view.oldest, end - stretch);
            List<Seen> seen = read(from, end);
            for (int i = seen.size() - 1; i >= 0; i--) {
                look(seen.get(i));
                if (isEnough()) {
                    return page(seen.get(i).offset);
                }
            }
            end = from;
            stretch = seen.isEmpty() ? Math.min(4 * stretch, MAX_STRETCH) : STRETCH;
            if (isTimeOver()) {
                return page(end);
            }
        }
        return page(end);
    }

    private List<Seen> read(long from, long end) throws RocksDBException {
        List<Seen> seen = new ArrayList<>();
        EventCursor events = view.events;
        for (boolean isAny = events.seek(from); isAny && events.offset() < end; isAny = events.next()) {
            if (!events.isLost()) {
                List<Topic> topics = events.isPlain()
                        ? events.topics(codec)
                        : events.event(codec, view.epochs).topics();
                seen.add(new Seen(events.offset(), events.timeMillis(), topics));
            }
        }
        return seen;
    }

    private void look(Seen seen) throws RocksDBException {
        looked++;
        for (Topic topic : new LinkedHashSet<>(seen.topics)) {
            if (topic.name().startsWith(prefix) && index.newestOf(topic) == seen.offset) {
                Instant time = Instant.ofEpochMilli(seen.timeMillis);
                found.add(new TopicPage.Entry(topic, view.epochs.at(seen.offset), time));
            }
        }
    }

    private boolean isEnough() {
        return found.size() >= limits.maxEvents() || looked >= limits.maxLooked() || isTimeOver();
    }

    private boolean isTimeOver() {
        return System.nanoTime() - beganNanos >= limits.maxNanos();
    }

    private TopicPage page(long next) {
        return new TopicPage(found, view.epochs.at(next), next <= view.oldest);
    }
}
