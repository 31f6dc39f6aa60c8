package dev.belfry;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stretches of one log, oldest first: each epoch begins at an offset and ends where the next begins.
 *
 * <p>A log begins a new epoch whenever it may have lost its tail, so that an offset which is given a second time cannot be
 * taken for the first. What is still there keeps its positions. Kafka calls the same thing a leader epoch.
 */
public final class Epochs {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final long BOUND = 1L << 40;

    private final List<Position> starts;

    private Epochs(List<Position> starts) {
        this.starts = List.copyOf(starts);
    }

    /** A new log: one epoch, which nobody has seen before, for the offsets from 1. */
    public static Epochs create() {
        return of(List.of(new Position(newEpoch(), 1)));
    }

    /**
     * Takes up what was kept.
     *
     * @param starts the first position of each epoch, at least one, offsets never falling
     */
    public static Epochs of(List<Position> starts) {
        if (starts.isEmpty()) {
            throw new IllegalArgumentException("no epoch");
        }
        return new Epochs(starts);
    }

    private static long newEpoch() {
        return RANDOM.nextLong(1, BOUND);
    }

    /** The first position of each epoch. */
    public List<Position> starts() {
        return starts;
    }

    /** The epoch of the next event. */
    public long current() {
        return starts.get(starts.size() - 1).epoch();
    }

    /** Begins a new epoch at an offset, which no event has yet; an epoch that got no event is forgotten. */
    public Epochs begin(long firstOffset) {
        List<Position> next = new ArrayList<>(starts);
        next.removeIf(start -> start.offset() >= firstOffset);
        next.add(new Position(newEpoch(), firstOffset));
        return of(next);
    }

    /** Forgets the epochs that ended before an offset. */
    public Epochs trim(long oldest) {
        int keep = starts.size() - 1;
        while (keep > 0 && starts.get(keep).offset() > oldest) {
            keep--;
        }
        return keep == 0 ? this : of(starts.subList(keep, starts.size()));
    }

    /** The position of the event at an offset. */
    public Position at(long offset) {
        for (int i = starts.size() - 1; i > 0; i--) {
            if (offset >= starts.get(i).offset()) {
                return new Position(starts.get(i).epoch(), offset);
            }
        }
        return new Position(starts.get(0).epoch(), offset);
    }

    /**
     * Why a log cannot go on from a cursor; null when it can.
     *
     * @param oldest the offset of the oldest event kept
     * @param head the offset of the newest event
     */
    public Gap.@Nullable Reason check(Position after, long oldest, long head) {
        for (int i = 0; i < starts.size(); i++) {
            if (starts.get(i).epoch() == after.epoch()) {
                long end = i + 1 < starts.size() ? starts.get(i + 1).offset() - 1 : head;
                return check(after.offset(), starts.get(i).offset(), end, oldest);
            }
        }
        return Gap.Reason.UNKNOWN_EPOCH;
    }

    private static Gap.@Nullable Reason check(long offset, long start, long end, long oldest) {
        if (offset > end) {
            return Gap.Reason.BEYOND_END;
        }
        return offset < oldest - 1 || offset < start - 1 ? Gap.Reason.TRIMMED : null;
    }
}
