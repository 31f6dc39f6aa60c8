package dev.belfry.mercure;

import dev.belfry.mercure.PatternToken.Kind;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Reads the pattern of one part of a URL: the pattern string parser of the URL Pattern Standard. */
final class PartReader {
    private final List<PatternToken> tokens;
    private final PartRules rules;
    private final List<Expression> parts = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final StringBuilder fixed = new StringBuilder();
    private @Nullable String prefix;
    private String lastFixed = "";
    private boolean hasGroup;
    private int index;

    private PartReader(String pattern, PartRules rules) {
        tokens = PatternTokens.of(pattern, false);
        this.rules = rules;
    }

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException when it is no pattern
     */
    static PartPattern read(String pattern, PartRules rules) {
        PartReader reader = new PartReader(pattern, rules);
        while (!reader.tokens.get(reader.index).is(Kind.END)) {
            reader.next();
        }
        boolean isFixed = reader.parts.isEmpty();
        reader.addFixed();
        String begin = reader.prefix == null ? "" : reader.prefix;
        boolean isAny = pattern.equals("*");
        return new PartPattern(
                isAny ? null : AutomatonBuilder.build(Expression.sequence(reader.parts)),
                begin,
                isFixed ? "" : reader.lastFixed,
                isFixed);
    }

    private @Nullable PatternToken take(Kind kind) {
        return tokens.get(index).is(kind) ? tokens.get(index++) : null;
    }

    private void next() {
        PatternToken character = take(Kind.CHAR);
        PatternToken name = take(Kind.NAME);
        PatternToken matcher = matcher(name);
        if (name != null || matcher != null) {
            String before = character == null ? "" : character.value();
            if (!before.isEmpty() && !before.equals(rules.prefix())) {
                fixed.append(before);
                before = "";
            }
            addFixed();
            addGroup(before, name, matcher, "", modifier());
            return;
        }
        PatternToken plain = character == null ? take(Kind.ESCAPED) : character;
        if (plain != null) {
            fixed.append(plain.value());
        } else if (take(Kind.OPEN) != null) {
            braces();
        } else {
            throw new IllegalArgumentException(
                    "unexpected: " + tokens.get(index).value());
        }
    }

    private void braces() {
        String before = text();
        PatternToken name = take(Kind.NAME);
        PatternToken matcher = matcher(name);
        String after = text();
        if (take(Kind.CLOSE) == null) {
            throw new IllegalArgumentException("braces in braces, or braces that do not end");
        }
        addGroup(before, name, matcher, after, modifier());
    }

    private @Nullable PatternToken matcher(@Nullable PatternToken name) {
        PatternToken regexp = take(Kind.REGEXP);
        return regexp == null && name == null ? take(Kind.ASTERISK) : regexp;
    }

    private String modifier() {
        PatternToken sign = take(Kind.MODIFIER);
        sign = sign == null ? take(Kind.ASTERISK) : sign;
        return sign == null ? "" : sign.value();
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        while (tokens.get(index).is(Kind.CHAR) || tokens.get(index).is(Kind.ESCAPED)) {
            text.append(tokens.get(index++).value());
        }
        return text.toString();
    }

    private void addGroup(
            String before, @Nullable PatternToken name, @Nullable PatternToken matcher, String after, String modifier) {
        if (name == null && matcher == null && modifier.isEmpty()) {
            fixed.append(before);
            return;
        }
        addFixed();
        if (name != null && !names.add(name.value())) {
            throw new IllegalArgumentException("two groups of one name: " + name.value());
        }
        if (!hasGroup && modifier.isEmpty() && !before.isEmpty()) {
            prefix = (prefix == null ? "" : prefix) + rules.encode().apply(before);
        }
        hasGroup = true;
        Expression front = encoded(before);
        Expression whole;
        if (name == null && matcher == null) {
            whole = modified(front, modifier);
        } else {
            Expression one = one(matcher);
            whole = repeated(front, one, encoded(after), modifier);
        }
        add(whole);
    }

    private void add(Expression part) {
        prefix = prefix == null ? "" : prefix;
        lastFixed = "";
        parts.add(part);
    }

    /** What stands between groups; in front of the first one it is what all matches begin with. */
    private void addFixed() {
        if (fixed.length() == 0) {
            return;
        }
        String text = rules.encode().apply(fixed.toString());
        fixed.setLength(0);
        if (parts.isEmpty()) {
            prefix = text;
        } else {
            lastFixed = text;
        }
        parts.add(Expression.text(text.toCharArray()));
    }

    private Expression encoded(String text) {
        return text.isEmpty()
                ? Expression.EMPTY
                : Expression.text(rules.encode().apply(text).toCharArray());
    }

    private Expression one(@Nullable PatternToken matcher) {
        BitSet any = new BitSet();
        any.set(0, Automaton.SYMBOLS);
        if (matcher == null) {
            rules.delimiter().chars().forEach(any::clear);
            return Expression.someOf(any);
        }
        if (matcher.is(Kind.ASTERISK) || matcher.value().equals(".*")) {
            return Expression.anyOf(any);
        }
        return RegexpReader.read(matcher.value());
    }

    private static Expression modified(Expression part, String modifier) {
        return switch (modifier) {
            case "?" -> Expression.optional(part);
            case "*" -> Expression.anyNumber(part);
            case "+" -> Expression.oneOrMore(part);
            default -> part;
        };
    }

    /** Several stand with their suffixes and prefixes between them. */
    private static Expression repeated(Expression front, Expression one, Expression behind, String modifier) {
        if (modifier.isEmpty() || modifier.equals("?")) {
            return modified(Expression.sequence(front, one, behind), modifier);
        }
        Expression more = Expression.anyNumber(Expression.sequence(behind, front, one));
        Expression several = Expression.sequence(front, one, more, behind);
        return modifier.equals("*") ? Expression.optional(several) : several;
    }

    /** For what has rules of its own. */
    record PartRules(String delimiter, String prefix, UnaryOperator<String> encode) {}
}
