package dev.belfry.stream;

import java.util.Arrays;
import java.util.function.IntConsumer;

/** When each subscriber on a wheel ends, by its place there. It has no memory until one has an end, and then four bytes for each. */
final class EndTimes {
    private int[] ends = {};

    /** No end is earlier. */
    private int earliest = StreamTimes.NEVER;

    void set(int place, int end) {
        if (place >= ends.length) {
            if (end == StreamTimes.NEVER) {
                return;
            }
            grow(place + 1);
        }
        ends[place] = end;
        earliest = Math.min(earliest, end);
    }

    private void grow(int places) {
        int before = ends.length;
        ends = Arrays.copyOf(ends, Math.max(places, before + before / 2));
        Arrays.fill(ends, before, ends.length, StreamTimes.NEVER);
    }

    /** The subscriber at a place moves to another one, whose own has gone. */
    void move(int from, int to) {
        int end = from < ends.length ? ends[from] : StreamTimes.NEVER;
        set(from, StreamTimes.NEVER);
        set(to, end);
    }

    void clear() {
        ends = new int[0];
        earliest = StreamTimes.NEVER;
    }

    /** Gives the places whose time has come, once. A look at a million that have not takes less than a millisecond. */
    void takeDue(int now, IntConsumer due) {
        if (now < earliest) {
            return;
        }
        int next = StreamTimes.NEVER;
        for (int place = 0; place < ends.length; place++) {
            int end = ends[place];
            if (end <= now) {
                ends[place] = StreamTimes.NEVER;
                due.accept(place);
            } else if (end < next) {
                next = end;
            }
        }
        earliest = next;
    }
}
