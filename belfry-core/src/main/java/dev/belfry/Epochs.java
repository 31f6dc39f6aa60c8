package dev.belfry;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stretches of one log, oldest first: each epoch begins at an offset and ends where the next begins.
 *
 * <p>A log begins a new epoch whenever it may have lost its tail, or may be a copy, so that an offset which is given a second
 * time cannot be taken for the first. What is still there keeps its positions. Kafka calls the same thing a leader epoch.
 */
public final class Epochs {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final long BOUND = 1L << 40;

    /** So many are kept when no event of the older ones is. */
    private static final int MAX_KEPT = 1_000;

    /** So many are kept that got no event. */
    private static final int MAX_EMPTY = 100;

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

    /**
     * Begins a new epoch at an offset, which no event has any more. Of an epoch that has no event the place before it stays
     * known: a cursor of a log that was empty lacks nothing.
     */
    public Epochs begin(long firstOffset) {
        List<Position> next = new ArrayList<>();
        List<Position> empty = new ArrayList<>();
        for (Position start : starts) {
            if (start.offset() < firstOffset) {
                next.add(start);
            } else {
                empty.add(new Position(start.epoch(), firstOffset));
            }
        }
        next.addAll(empty.subList(Math.max(0, empty.size() - MAX_EMPTY), empty.size()));
        next.add(new Position(newEpoch(), firstOffset));
        return of(next);
    }

    /**
     * Forgets the epochs that no cursor of use can be from.
     *
     * @param forgotten up to this offset every cursor has a gap, whatever its epoch
     * @param oldest from this offset on events are kept; their epochs are kept too, however many
     */
    public Epochs trim(long forgotten, long oldest) {
        int first = 0;
        while (first + 1 < starts.size() && isOver(first, forgotten, oldest)) {
            first++;
        }
        return first == 0 ? this : of(starts.subList(first, starts.size()));
    }

    private boolean isOver(int index, long forgotten, long oldest) {
        long end = starts.get(index + 1).offset() - 1;
        return end < forgotten || (end < oldest && starts.size() - index > MAX_KEPT);
    }

    /** The position of the event at an offset. */
    public Position at(long offset) {
        int newest = starts.size() - 1;
        int index = offset >= starts.get(newest).offset() ? newest : indexOf(offset);
        return new Position(starts.get(index).epoch(), offset);
    }

    /** Of the epoch that began last at or before an offset; of the first when none did. */
    private int indexOf(long offset) {
        int low = 0;
        int high = starts.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (starts.get(middle).offset() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /**
     * Why a log does not know a cursor; null when it does.
     *
     * @param head the offset of the newest event
     */
    public Gap.@Nullable Reason check(Position after, long head) {
        // newest first, for that is where most cursors are from
        for (int i = starts.size() - 1; i >= 0; i--) {
            if (starts.get(i).epoch() == after.epoch()) {
                long end = i + 1 < starts.size() ? starts.get(i + 1).offset() - 1 : head;
                return check(after.offset(), starts.get(i).offset(), end);
            }
        }
        return Gap.Reason.UNKNOWN_EPOCH;
    }

    private static Gap.@Nullable Reason check(long offset, long start, long end) {
        if (offset > end) {
            return Gap.Reason.BEYOND_END;
        }
        return offset < start - 1 ? Gap.Reason.UNKNOWN_EPOCH : null;
    }
}
