package dev.belfry.mercure;

import java.util.Arrays;

/**
 * A nondeterministic automaton that is simulated by bits: 64 states a word, so that a symbol costs the words and not the ways through
 * it, whatever the pattern and the text. There is no backtracking.
 *
 * <p>States stand in a line. A symbol leads from a state to the next one ({@code step}) or back to itself ({@code stay}), nothing leads
 * to the next one ({@code enter}) or, for the few that end and begin groups, to a set of states ({@code closures}).
 */
final class Automaton {
    /** Symbols are numbers below it. */
    static final int SYMBOLS = 512;

    static final int MAX_STATES = 4096;

    /** Of a word and a symbol, in nanoseconds, about. */
    private static final int STEPS_PER_WORD = 25;

    private final int words;
    private final int accept;
    private final short[] rowOf;
    private final long[] step;
    private final long[] stay;
    private final long[] enter;
    private final int[] sources;
    private final long[] closures;

    /**
     * Of what an {@link AutomatonBuilder} has put together.
     *
     * @param rowOf for each symbol its row of {@code step} and {@code stay}, which have {@code words} words each
     * @param enter the states that are reached from the one before without a symbol
     * @param sources the states that lead to sets of states, which stand in {@code closures} one behind the other
     */
    Automaton(int states, short[] rowOf, long[] step, long[] stay, long[] enter, int[] sources, long[] closures) {
        words = enter.length;
        accept = states - 1;
        this.rowOf = rowOf;
        this.step = step;
        this.stay = stay;
        this.enter = enter;
        this.sources = sources;
        this.closures = closures;
    }

    int states() {
        return accept + 1;
    }

    int stepsPerSymbol() {
        return words * (STEPS_PER_WORD + sources.length);
    }

    int heapBytes() {
        return 128 + 2 * rowOf.length + 8 * (step.length + stay.length + enter.length + closures.length);
    }

    /** Whether it accepts the whole of a text, whose characters are symbols. */
    boolean accepts(char[] text, int from, int to) {
        long[] now = new long[words];
        now[0] = 1;
        close(now);
        for (int i = from; i < to; i++) {
            if (text[i] >= SYMBOLS || !advance(now, rowOf[text[i]] * words)) {
                return false;
            }
            close(now);
        }
        return isIn(now, accept);
    }

    /** Whether any state is left. */
    private boolean advance(long[] now, int row) {
        long carry = 0;
        long any = 0;
        for (int w = 0; w < words; w++) {
            long moved = now[w] & step[row + w];
            long next = (moved << 1) | carry | (now[w] & stay[row + w]);
            carry = moved >>> 63;
            now[w] = next;
            any |= next;
        }
        return any != 0;
    }

    /** Adds what is reached without a symbol. A closure holds all that follows from its source, so once is enough. */
    private void close(long[] now) {
        long carry = 0;
        for (int w = 0; w < words; w++) {
            long reached = now[w] | (carry & enter[w]);
            if (reached != 0 && enter[w] != 0) {
                reached = flood(reached, enter[w]);
            }
            now[w] = reached;
            carry = reached >>> 63;
        }
        for (int i = 0; i < sources.length; i++) {
            if (isIn(now, sources[i])) {
                for (int w = 0; w < words; w++) {
                    now[w] |= closures[i * words + w];
                }
            }
        }
    }

    /** Spreads bits upwards through those that may be entered, in steps of 1, 2, 4 and so on (Kogge and Stone). */
    private static long flood(long bits, long through) {
        for (int distance = 1; distance < Long.SIZE; distance <<= 1) {
            bits |= through & (bits << distance);
            through &= through << distance;
        }
        return bits;
    }

    private static boolean isIn(long[] set, int state) {
        return ((set[state >> 6] >>> state) & 1) != 0;
    }

    @Override
    public String toString() {
        return "states=" + states() + " sources=" + Arrays.toString(sources);
    }
}
