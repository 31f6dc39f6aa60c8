package dev.belfry;

import static java.util.Comparator.comparingLong;

import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The memory of a log that has no other. Whoever reads it keeps its writer out. */
final class RemovedTopics extends RemovalMemory {
    private final RemovalLimits limits;
    private final TreeMap<String, Entry> byName = new TreeMap<>();
    private final NavigableSet<Entry> byAge =
            new TreeSet<>(comparingLong(Entry::newest).thenComparing(Entry::name));
    private long newest;
    private long forgotten;

    private record Entry(String name, Removed removed, Instant time) {
        long newest() {
            return removed.newest();
        }
    }

    RemovedTopics(RemovalLimits limits) {
        this.limits = limits;
    }

    /** If memory runs out it forgets everything up to this event, which makes a gap more, and none less. */
    void add(Event event, Instant now) {
        try {
            remember(event, now);
        } catch (RuntimeException | Error e) {
            byAge.clear();
            byName.clear();
            newest = Math.max(newest, event.position().offset());
            forgotten = newest;
            throw e;
        }
    }

    private void remember(Event event, Instant now) {
        for (Topic topic : event.topics()) {
            Entry before = byName.remove(topic.name());
            Removed removed = Removed.of(event);
            if (before != null) {
                byAge.remove(before);
                removed = removed.and(before.removed);
            }
            Entry entry = new Entry(topic.name(), removed, now);
            byName.put(topic.name(), entry);
            byAge.add(entry);
            newest = Math.max(newest, removed.newest());
        }
        forget(now);
    }

    /** Forgets the oldest when there are too many or too old ones. */
    void forget(Instant now) {
        while (!byAge.isEmpty() && isTooMuch(byAge.first(), now)) {
            Entry first = byAge.first();
            byAge.remove(first);
            byName.remove(first.name);
            forgotten = Math.max(forgotten, first.newest());
        }
    }

    private boolean isTooMuch(Entry first, Instant now) {
        return byAge.size() > limits.topics()
                || Duration.between(first.time, now).compareTo(limits.age()) >= 0;
    }

    @Override
    protected long newest() {
        return newest;
    }

    @Override
    protected long forgotten() {
        return forgotten;
    }

    @Override
    protected @Nullable Removed of(Topic topic) {
        Entry entry = byName.get(topic.name());
        return entry == null ? null : entry.removed;
    }

    @Override
    protected Iterator<Topic> below(String prefix) {
        return byName.tailMap(prefix, true).keySet().stream()
                .takeWhile(name -> name.startsWith(prefix))
                .map(Topic::new)
                .iterator();
    }

    @Override
    protected Iterator<Topic> since(long offset) {
        Entry behind = new Entry("", new Removed(offset + 1, 0, 0), Instant.EPOCH);
        return byAge.tailSet(behind, true).stream()
                .map(entry -> new Topic(entry.name))
                .iterator();
    }
}
