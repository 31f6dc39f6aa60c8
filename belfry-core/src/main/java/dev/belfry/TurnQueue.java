package dev.belfry;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Turns of readers that wait, in a fair order: between clients, and between the readers of one. Readers that {@linkplain
 * ReadFlow#read search} have one turn in four while others wait. Not for several threads.
 */
public final class TurnQueue<T> {
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int SEARCHES_ONE_IN = 4;

    private final FairQueue<T> readers = new FairQueue<>(1, TURN_NANOS);
    private final FairQueue<T> searches = new FairQueue<>(2, TURN_NANOS);
    private int chosen;

    /** @param flow the reader, which is in no other queue */
    public void add(ReadFlow flow, T work) {
        (flow.isSearching() ? searches : readers).add(flow, work);
    }

    /** The next turn; null when none waits. */
    public @Nullable Turn<T> poll() {
        boolean searchesFirst = chosen % SEARCHES_ONE_IN == 0;
        Turn<T> turn = (searchesFirst ? searches : readers).poll();
        if (turn == null) {
            turn = (searchesFirst ? readers : searches).poll();
        }
        chosen += turn == null ? 0 : 1;
        return turn;
    }

    /** The next turn of a reader that does not search; null when none waits. */
    public @Nullable Turn<T> pollReader() {
        return readers.poll();
    }

    /** How many wait. */
    public int size() {
        return readers.size() + searches.size();
    }

    public boolean isEmpty() {
        return readers.isEmpty() && searches.isEmpty();
    }
}
