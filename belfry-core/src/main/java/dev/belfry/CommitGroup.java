package dev.belfry;

import dev.belfry.BelfryException.IdempotencyConflict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Publications that one write of the log commits together, with the positions they will have. Owned by the writer thread.
 */
public final class CommitGroup {
    private final LogStore store;
    private final Duration idempotencyWindow;
    private final Instant time;
    private final List<Event> events = new ArrayList<>();
    private final Map<String, KeptReceipt> keys = new LinkedHashMap<>();
    private @Nullable Position last;
    private int publications;
    private int conflicts;

    CommitGroup(LogStore store, Duration idempotencyWindow, Instant time) {
        this.store = store;
        this.idempotencyWindow = idempotencyWindow;
        this.time = time;
    }

    /**
     * Adds a publication, or finds that it was there before.
     *
     * @return what to answer when the group is written
     * @throws IdempotencyConflict when its key stands for another one; the group is as it was
     */
    Receipt add(Publication publication) {
        KeptReceipt kept = publication.key() == null ? null : find(publication.key());
        if (kept != null) {
            return new Receipt(kept.positions().toList(), true);
        }
        List<Position> positions = new ArrayList<>(publication.notifications().size());
        for (Notification notification : publication.notifications()) {
            last = last == null ? store.next() : store.following(last);
            positions.add(last);
            events.add(new Event(last, time, notification));
        }
        if (publication.key() != null) {
            keys.put(publication.key().name(), keep(publication.key(), positions));
        }
        publications++;
        return new Receipt(positions, false);
    }

    private @Nullable KeptReceipt find(IdempotencyKey key) {
        KeptReceipt inGroup = keys.get(key.name());
        KeptReceipt kept = inGroup != null ? inGroup : store.find(key.name());
        if (kept == null || !time.isBefore(kept.expires())) {
            return null;
        }
        if (!key.hasFingerprint(kept.fingerprint())) {
            conflicts++;
            throw new IdempotencyConflict();
        }
        return kept;
    }

    private KeptReceipt keep(IdempotencyKey key, List<Position> positions) {
        return new KeptReceipt(key.fingerprint(), PositionRuns.of(positions), time.plus(idempotencyWindow));
    }

    /** How many publications it has that were not there before. */
    int publications() {
        return publications;
    }

    /** How many publications it did not take because of their keys. */
    int conflicts() {
        return conflicts;
    }

    /** The events, in order; empty when all of the group was there before. */
    public List<Event> events() {
        return events;
    }

    /** The offset of the newest event when the group, which is not empty, is written. */
    public long newHead() {
        return events.get(events.size() - 1).position().offset();
    }

    /** What is new under which idempotency key. */
    public Map<String, KeptReceipt> keys() {
        return keys;
    }
}
