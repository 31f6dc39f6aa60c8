package dev.belfry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The positions of one publication, ascending and of one epoch, kept as runs without holes: most batches are a single run,
 * which takes two numbers however long it is.
 */
public final class PositionRuns {
    private final long epoch;
    private final long[] runs;

    private PositionRuns(long epoch, long[] runs) {
        this.epoch = epoch;
        this.runs = runs;
    }

    /**
     * Takes up what was kept.
     *
     * @param runs the first offset and the length of each run
     */
    public static PositionRuns of(long epoch, long... runs) {
        if (runs.length == 0 || runs.length % 2 != 0) {
            throw new IllegalArgumentException("runs=" + Arrays.toString(runs));
        }
        return new PositionRuns(epoch, runs.clone());
    }

    /** Packs positions, at least one. */
    public static PositionRuns of(List<Position> positions) {
        long[] runs = new long[2 * positions.size()];
        int end = 0;
        for (Position position : positions) {
            if (end > 0 && runs[end - 2] + runs[end - 1] == position.offset()) {
                runs[end - 1]++;
            } else {
                runs[end++] = position.offset();
                runs[end++] = 1;
            }
        }
        return new PositionRuns(positions.get(0).epoch(), Arrays.copyOf(runs, end));
    }

    public long epoch() {
        return epoch;
    }

    /** The first offset and the length of each run. */
    public long[] runs() {
        return runs.clone();
    }

    /** The positions one by one. */
    public List<Position> toList() {
        List<Position> positions = new ArrayList<>();
        for (int i = 0; i < runs.length; i += 2) {
            for (long offset = runs[i]; offset < runs[i] + runs[i + 1]; offset++) {
                positions.add(new Position(epoch, offset));
            }
        }
        return positions;
    }
}
