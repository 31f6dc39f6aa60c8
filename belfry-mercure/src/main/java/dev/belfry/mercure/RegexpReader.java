package dev.belfry.mercure;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Reads the regular expression of a group into an expression for the texts that it matches whole: characters, classes, alternatives,
 * groups and quantifiers. What an automaton cannot do (back references, looking around), and what needs more than it is worth
 * (anchors, properties of characters, sets of sets), is refused.
 */
final class RegexpReader {
    private static final int MAX_TIMES = 1024;
    private static final int MAX_DEPTH = 32;
    private static final String SYNTAX = "^$\\.*+?()[]{}|/";

    private final String regexp;
    private int at;
    private int depth;

    private RegexpReader(String regexp) {
        this.regexp = regexp;
    }

    /**
     * Reads all of it.
     *
     * @throws IllegalArgumentException when it is none, or not of these
     */
    static Expression read(String regexp) {
        RegexpReader reader = new RegexpReader(regexp);
        Expression all = reader.alternatives();
        if (reader.at < regexp.length()) {
            throw refused("an unpaired parenthesis");
        }
        return all;
    }

    private static IllegalArgumentException refused(String what) {
        return new IllegalArgumentException("not supported in a regular expression: " + what);
    }

    private boolean isAt(char c) {
        return at < regexp.length() && regexp.charAt(at) == c;
    }

    private char take() {
        if (at == regexp.length()) {
            throw refused("an early end");
        }
        return regexp.charAt(at++);
    }

    private Expression alternatives() {
        List<Expression> choices = new ArrayList<>();
        choices.add(sequence());
        while (isAt('|')) {
            at++;
            choices.add(sequence());
        }
        return Expression.either(choices);
    }

    private Expression sequence() {
        List<Expression> parts = new ArrayList<>();
        while (at < regexp.length() && !isAt('|') && !isAt(')')) {
            parts.add(quantified());
        }
        return Expression.sequence(parts);
    }

    private Expression quantified() {
        if (isAt('(')) {
            return quantified(group());
        }
        BitSet symbols = symbols();
        if (isAt('*')) {
            at++;
            lazy();
            return Expression.anyOf(symbols);
        }
        return quantified(Expression.one(symbols));
    }

    private Expression quantified(Expression atom) {
        Expression result = atom;
        if (isAt('*')) {
            result = Expression.anyNumber(atom);
        } else if (isAt('+')) {
            result = Expression.oneOrMore(atom);
        } else if (isAt('?')) {
            result = Expression.optional(atom);
        } else if (isAt('{')) {
            return times(atom);
        } else {
            return atom;
        }
        at++;
        lazy();
        return result;
    }

    /** What is matched whole is the same. */
    private void lazy() {
        if (isAt('?')) {
            at++;
        }
        if (isAt('*') || isAt('+') || isAt('{') || isAt('?')) {
            throw refused("a quantifier behind another");
        }
    }

    private Expression times(Expression atom) {
        int end = regexp.indexOf('}', at);
        String[] bounds =
                end < 0 ? new String[0] : regexp.substring(at + 1, end).split(",", -1);
        if (bounds.length == 0 || bounds.length > 2 || !isNumber(bounds[0])) {
            throw refused("a brace that is no quantifier");
        }
        int min = Integer.parseInt(bounds[0]);
        int max = bounds.length == 1
                ? min
                : bounds[1].isEmpty() ? -1 : isNumber(bounds[1]) ? Integer.parseInt(bounds[1]) : -2;
        if (max == -2 || min > MAX_TIMES || max > MAX_TIMES || (max >= 0 && max < min)) {
            throw refused("a quantifier with such bounds");
        }
        at = end + 1;
        lazy();
        return Expression.times(atom, min, max);
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() <= 4 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private Expression group() {
        if (!regexp.startsWith("(?:", at)) {
            throw refused("a group that is not (?:...)");
        }
        if (++depth > MAX_DEPTH) {
            throw refused("so many groups in groups");
        }
        at += 3;
        Expression inside = alternatives();
        if (take() != ')') {
            throw refused("a group that does not end");
        }
        depth--;
        return inside;
    }

    // ---- characters

    private BitSet symbols() {
        char c = take();
        return switch (c) {
            case '.' -> not(set("\n\r"));
            case '[' -> characterClass();
            case '\\' -> escaped();
            case '^', '$' -> throw refused("an anchor");
            case '*', '+', '?', '{', '}', ')', ']' -> throw refused("a single " + c);
            default -> set(String.valueOf(c));
        };
    }

    private BitSet characterClass() {
        boolean isNegated = isAt('^');
        at += isNegated ? 1 : 0;
        BitSet all = new BitSet();
        while (!isAt(']')) {
            BitSet from = member();
            if (isAt('-') && at + 1 < regexp.length() && regexp.charAt(at + 1) != ']') {
                at++;
                BitSet to = member();
                if (from.cardinality() != 1 || to.cardinality() != 1 || to.length() < from.length()) {
                    throw refused("a range without two ends");
                }
                all.set(from.length() - 1, to.length());
            } else {
                all.or(from);
            }
        }
        at++;
        return isNegated ? not(all) : all;
    }

    private BitSet member() {
        char c = take();
        if (c == '[' || ("&&--".indexOf(c) >= 0 && isAt(c))) {
            throw refused("a set of sets");
        }
        return c == '\\' ? escaped() : set(String.valueOf(c));
    }

    private BitSet escaped() {
        char c = take();
        return switch (c) {
            case 'd' -> range('0', '9');
            case 'D' -> not(range('0', '9'));
            case 'w' -> word();
            case 'W' -> not(word());
            case 's' -> set("\t\n\u000B\f\r ");
            case 'S' -> not(set("\t\n\u000B\f\r "));
            case 't' -> set("\t");
            case 'n' -> set("\n");
            case 'r' -> set("\r");
            case 'f' -> set("\f");
            case 'v' -> set("\u000B");
            case 'x' -> hex(2);
            case 'u' -> hex(4);
            default -> {
                if (SYNTAX.indexOf(c) < 0 && "-&!#%,:;<=>@`~".indexOf(c) < 0) {
                    throw refused("\\" + c);
                }
                yield set(String.valueOf(c));
            }
        };
    }

    private BitSet hex(int digits) {
        if (at + digits > regexp.length() || !regexp.substring(at, at + digits).matches("[0-9A-Fa-f]+")) {
            throw refused("an escape without its digits");
        }
        int code = Integer.parseInt(regexp.substring(at, at + digits), 16);
        at += digits;
        BitSet set = new BitSet();
        if (code < 0x80) {
            set.set(code);
        }
        return set;
    }

    private static BitSet set(String characters) {
        BitSet set = new BitSet();
        characters.chars().forEach(set::set);
        return set;
    }

    private static BitSet range(char from, char to) {
        BitSet set = new BitSet();
        set.set(from, to + 1);
        return set;
    }

    private static BitSet word() {
        BitSet set = range('a', 'z');
        set.or(range('A', 'Z'));
        set.or(range('0', '9'));
        set.set('_');
        return set;
    }

    private static BitSet not(BitSet set) {
        BitSet rest = (BitSet) set.clone();
        rest.flip(0, Automaton.SYMBOLS);
        return rest;
    }
}
