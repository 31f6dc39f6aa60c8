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
    private Position next;

    CommitGroup(LogStore store, Duration idempotencyWindow, Instant time) {
        this.store = store;
        this.idempotencyWindow = idempotencyWindow;
        this.time = time;
        next = store.next();
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
            return new Receipt(kept.first(), kept.count(), true);
        }
        Receipt receipt = new Receipt(next, publication.notifications().size(), false);
        for (Notification notification : publication.notifications()) {
            events.add(new Event(next, time, notification));
            next = next.plus(1);
        }
        if (publication.key() != null) {
            keys.put(publication.key().name(), keep(publication.key(), receipt));
        }
        return receipt;
    }

    private @Nullable KeptReceipt find(IdempotencyKey key) {
        KeptReceipt inGroup = keys.get(key.name());
        KeptReceipt kept = inGroup != null ? inGroup : store.find(key.name());
        if (kept == null || !time.isBefore(kept.expires())) {
            return null;
        }
        if (!key.hasFingerprint(kept.fingerprint())) {
            throw new IdempotencyConflict();
        }
        return kept;
    }

    private KeptReceipt keep(IdempotencyKey key, Receipt receipt) {
        return new KeptReceipt(key.fingerprint(), receipt.first(), receipt.count(), time.plus(idempotencyWindow));
    }

    /** The events, in order; empty when all of the group was there before. */
    public List<Event> events() {
        return events;
    }

    /** The offset of the newest event when the group is written. */
    public long newHead() {
        return next.offset() - 1;
    }

    /** What is new under which idempotency key. */
    public Map<String, KeptReceipt> keys() {
        return keys;
    }
}
