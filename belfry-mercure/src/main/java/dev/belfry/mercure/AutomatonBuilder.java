package dev.belfry.mercure;

import java.nio.LongBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts an {@link Automaton} together, from its beginning to its end. */
final class AutomatonBuilder {
    /** Of the words of all closures: more would make a symbol cost more than the states do. */
    private static final int MAX_CLOSURE_WORDS = 2048;

    private static final int MAX_WORK = 100_000;

    private final List<@Nullable BitSet> step = new ArrayList<>();
    private final List<@Nullable BitSet> stay = new ArrayList<>();
    private final BitSet enter = new BitSet();
    private final Map<Integer, List<Integer>> jumps = new HashMap<>();

    private int work;

    private AutomatonBuilder() {
        addState();
    }

    /**
     * Builds it.
     *
     * @throws TooComplexException when it would have more states, or more that lead to many others, than it may
     */
    static Automaton build(Expression expression) {
        AutomatonBuilder builder = new AutomatonBuilder();
        expression.addTo(builder);
        return builder.build();
    }

    // ---- what expressions are made of

    /** The state in which what was added so far ends, and the next begins. */
    int at() {
        return step.size() - 1;
    }

    /** Whether what was added so far may go on in the state where it ends, or go back from it. */
    boolean isRepeating() {
        return stay.get(at()) != null || jumps.containsKey(at());
    }

    /** One more symbol. */
    void step(BitSet symbols) {
        step.set(at(), symbols);
        addState();
    }

    /** Any number of symbols. In a state of its own: what else leads to this one must not stay in it. */
    void stay(BitSet symbols) {
        enterNext();
        stay.set(at(), symbols);
    }

    /** At least one symbol. Only the step leads to the state behind it. */
    void stepAndStay(BitSet symbols) {
        step(symbols);
        stay.set(at(), symbols);
    }

    /** Another state, to which nothing is needed. */
    void enterNext() {
        addState();
        enter.set(at());
    }

    /** Another state, to which nothing leads yet. */
    void startApart() {
        addState();
    }

    void jump(int from, int to) {
        jumps.computeIfAbsent(from, f -> new ArrayList<>(2)).add(to);
        if (jumps.size() > MAX_CLOSURE_WORDS) {
            throw new TooComplexException();
        }
    }

    /** What is repeated may be empty, and then adds no states that would be counted. */
    void countWork() {
        if (++work > MAX_WORK) {
            throw new TooComplexException();
        }
    }

    private void addState() {
        if (step.size() == Automaton.MAX_STATES) {
            throw new TooComplexException();
        }
        step.add(null);
        stay.add(null);
    }

    // ---- compiling

    private Automaton build() {
        int words = at() / Long.SIZE + 1;
        int[] sources = jumps.keySet().stream().mapToInt(i -> i).sorted().toArray();
        if (sources.length * words > MAX_CLOSURE_WORDS) {
            throw new TooComplexException();
        }
        long[] closures = new long[sources.length * words];
        for (int i = 0; i < sources.length; i++) {
            put(closureOf(sources[i]), closures, i * words);
        }
        long[] entered = new long[words];
        put(enter, entered, 0);
        return withRows(words, entered, sources, closures);
    }

    private BitSet closureOf(int source) {
        BitSet reached = new BitSet();
        Deque<Integer> open = new ArrayDeque<>(List.of(source));
        while (!open.isEmpty()) {
            int state = open.remove();
            List<Integer> next = new ArrayList<>(jumps.getOrDefault(state, List.of()));
            if (enter.get(state + 1)) {
                next.add(state + 1);
            }
            for (int to : next) {
                if (!reached.get(to)) {
                    reached.set(to);
                    open.add(to);
                }
            }
        }
        return reached;
    }

    /** Symbols that lead the same ways share a row. */
    private Automaton withRows(int words, long[] entered, int[] sources, long[] closures) {
        long[][] steps = masks(step, words);
        long[][] stays = masks(stay, words);
        Map<LongBuffer, Short> rows = new HashMap<>();
        List<long[]> distinct = new ArrayList<>();
        short[] rowOf = new short[Automaton.SYMBOLS];
        for (int symbol = 0; symbol < Automaton.SYMBOLS; symbol++) {
            long[] row = Arrays.copyOf(steps[symbol], 2 * words);
            System.arraycopy(stays[symbol], 0, row, words, words);
            rowOf[symbol] = rows.computeIfAbsent(LongBuffer.wrap(row), r -> {
                distinct.add(row);
                return (short) (distinct.size() - 1);
            });
        }
        long[] allSteps = new long[distinct.size() * words];
        long[] allStays = new long[distinct.size() * words];
        for (int i = 0; i < distinct.size(); i++) {
            System.arraycopy(distinct.get(i), 0, allSteps, i * words, words);
            System.arraycopy(distinct.get(i), words, allStays, i * words, words);
        }
        return new Automaton(step.size(), rowOf, allSteps, allStays, entered, sources, closures);
    }

    private static long[][] masks(List<@Nullable BitSet> sets, int words) {
        long[][] masks = new long[Automaton.SYMBOLS][words];
        for (int state = 0; state < sets.size(); state++) {
            BitSet symbols = sets.get(state);
            if (symbols != null) {
                for (int s = symbols.nextSetBit(0); s >= 0; s = symbols.nextSetBit(s + 1)) {
                    masks[s][state >> 6] |= 1L << state;
                }
            }
        }
        return masks;
    }

    private static void put(BitSet set, long[] words, int at) {
        long[] bits = set.toLongArray();
        System.arraycopy(bits, 0, words, at, bits.length);
    }
}
