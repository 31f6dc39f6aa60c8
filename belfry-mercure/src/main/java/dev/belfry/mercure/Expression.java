package dev.belfry.mercure;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** A part of a regular expression over the symbols of an {@link Automaton}. */
@FunctionalInterface
interface Expression {
    /** Matches nothing at all, as the empty text. */
    Expression EMPTY = builder -> {};

    /** Adds its states; it begins at the state where the builder is, and ends where the builder is then. */
    void addTo(AutomatonBuilder builder);

    /** One symbol of a set. */
    static Expression one(BitSet symbols) {
        return builder -> builder.step(symbols);
    }

    /** Any number of symbols of a set. */
    static Expression anyOf(BitSet symbols) {
        return builder -> builder.stay(symbols);
    }

    /** At least one symbol of a set. */
    static Expression someOf(BitSet symbols) {
        return builder -> builder.stepAndStay(symbols);
    }

    /** These symbols, in this order. */
    static Expression text(char[] symbols) {
        return builder -> {
            for (char symbol : symbols) {
                BitSet set = new BitSet();
                set.set(symbol);
                builder.step(set);
            }
        };
    }

    /** One behind the other. */
    static Expression sequence(List<Expression> parts) {
        return builder -> parts.forEach(part -> part.addTo(builder));
    }

    static Expression sequence(Expression... parts) {
        return sequence(List.of(parts));
    }

    /** Or nothing. */
    static Expression optional(Expression part) {
        return builder -> {
            int begin = builder.at();
            part.addTo(builder);
            skip(builder, begin);
        };
    }

    /** To a state that nothing but what follows leads on from: else the end of the part could be repeated without the part. */
    private static void skip(AutomatonBuilder builder, int begin) {
        if (builder.at() == begin) {
            return;
        }
        if (builder.isRepeating()) {
            builder.enterNext();
        }
        builder.jump(begin, builder.at());
    }

    /** At least once. The state that it begins in is its own, as it is come back to. */
    static Expression oneOrMore(Expression part) {
        return builder -> {
            builder.enterNext();
            int begin = builder.at();
            part.addTo(builder);
            if (builder.at() != begin) {
                builder.jump(builder.at(), begin);
            }
        };
    }

    static Expression anyNumber(Expression part) {
        return optional(oneOrMore(part));
    }

    /** One of several. */
    static Expression either(List<Expression> choices) {
        if (choices.size() == 1) {
            return choices.get(0);
        }
        return builder -> {
            int fork = builder.at();
            List<Integer> ends = new ArrayList<>();
            for (Expression choice : choices) {
                builder.startApart();
                builder.jump(fork, builder.at());
                choice.addTo(builder);
                ends.add(builder.at());
            }
            builder.startApart();
            ends.forEach(end -> builder.jump(end, builder.at()));
        };
    }

    /**
     * So many times.
     *
     * @param max negative for any number
     */
    static Expression times(Expression part, int min, int max) {
        return builder -> {
            for (int i = 1; i < min; i++) {
                builder.countWork();
                part.addTo(builder);
            }
            if (max < 0) {
                (min == 0 ? anyNumber(part) : oneOrMore(part)).addTo(builder);
                return;
            }
            if (min > 0) {
                part.addTo(builder);
            }
            for (int i = min; i < max; i++) {
                builder.countWork();
                optional(part).addTo(builder);
            }
        };
    }
}
