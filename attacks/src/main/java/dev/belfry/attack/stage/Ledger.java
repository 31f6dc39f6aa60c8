package dev.belfry.attack.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** What became of each honest event. Written by the honest clients' thread, and read when that has ended. */
final class Ledger {
    private static final long MOST_NANOS = 600_000_000_000L;

    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, Integer> refusals = new TreeMap<>();
    final Latency publish = new Latency();
    final Latency delivery = new Latency();
    final Latency poll = new Latency();
    private long measuredFromNanos = Long.MAX_VALUE;
    private long lastAcknowledgedNanos = Long.MIN_VALUE;

    private static final class Entry {
        private final long intendedNanos;
        private boolean isAcknowledged;
        private boolean isDelivered;

        private Entry(long intendedNanos) {
            this.intendedNanos = intendedNanos;
        }
    }

    /** Of one kind of waiting, from when it was meant to begin. */
    final class Latency {
        private final Histogram nanos = new Histogram(MOST_NANOS, 3);

        void record(long intendedNanos) {
            if (intendedNanos - measuredFromNanos >= 0) {
                nanos.recordValue(Math.min(MOST_NANOS, Math.max(0, System.nanoTime() - intendedNanos)));
            }
        }

        /** Has begun, perhaps before it was measured, and waits still. */
        void recordWaiting(long intendedNanos) {
            record(intendedNanos - measuredFromNanos < 0 ? measuredFromNanos : intendedNanos);
        }

        Histogram histogram() {
            return nanos;
        }
    }

    /** What was meant to happen before is not measured. */
    void measureFrom(long nanos) {
        measuredFromNanos = nanos;
    }

    /** A new event; its number. */
    int begin(long intendedNanos) {
        entries.add(new Entry(intendedNanos));
        return entries.size() - 1;
    }

    void acknowledged(int number) {
        Entry entry = entries.get(number);
        entry.isAcknowledged = true;
        lastAcknowledgedNanos = System.nanoTime();
        publish.record(entry.intendedNanos);
    }

    /** Answered with something else than 201, or not at all; its latency counts all the same. */
    void refused(int number, String why) {
        Entry entry = entries.get(number);
        if (isMeasured(entry)) {
            refusals.merge(why, 1, Integer::sum);
            publish.record(entry.intendedNanos);
        }
    }

    void delivered(int number) {
        Entry entry = entries.get(number);
        if (!entry.isDelivered) {
            entry.isDelivered = true;
            delivery.record(entry.intendedNanos);
        }
    }

    /** The event came with the answer to a long poll. */
    void polled(int number) {
        poll.record(entries.get(number).intendedNanos);
    }

    private boolean isMeasured(Entry entry) {
        return entry.intendedNanos - measuredFromNanos >= 0;
    }

    boolean isSettled() {
        return entries.stream().allMatch(entry -> !entry.isAcknowledged || entry.isDelivered);
    }

    int published() {
        return (int) entries.stream().filter(this::isMeasured).count();
    }

    /** Acknowledged and not delivered. What still waits at the end counts as late for as long as it has waited. */
    int lost() {
        List<Entry> lost = entries.stream()
                .filter(entry -> isMeasured(entry) && entry.isAcknowledged && !entry.isDelivered)
                .toList();
        lost.forEach(entry -> delivery.record(entry.intendedNanos));
        return lost.size();
    }

    /** How many events were not accepted, by the reason. */
    Map<String, Integer> refusals() {
        return refusals;
    }

    long lastAcknowledgedNanos() {
        return lastAcknowledgedNanos;
    }
}
