package dev.belfry.mercure;

import static dev.belfry.mercure.Expression.anyNumber;
import static dev.belfry.mercure.Expression.anyOf;
import static dev.belfry.mercure.Expression.either;
import static dev.belfry.mercure.Expression.one;
import static dev.belfry.mercure.Expression.optional;
import static dev.belfry.mercure.Expression.sequence;
import static dev.belfry.mercure.Expression.someOf;
import static dev.belfry.mercure.Expression.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** What stands in front of the variables of an expression, and what they expand to because of it (RFC 6570, appendix A). */
enum TemplateOperator {
    SIMPLE("", ',', false, false),
    RESERVED("", ',', false, true),
    FRAGMENT("#", ',', false, true),
    LABEL(".", '.', false, false),
    SEGMENTS("/", '/', false, false),
    PARAMETERS(";", ';', true, false),
    QUERY("?", '&', true, false),
    CONTINUATION("&", '&', true, false);

    /** Longer than any topic, so as good as no limit. */
    private static final int LONG = 1024;

    /** Of one expression whose variables are told apart. */
    private static final int MAX_VARIABLES = 64;

    private final String first;
    private final char separator;
    private final boolean isNamed;
    private final boolean allowsReserved;

    TemplateOperator(String first, char separator, boolean isNamed, boolean allowsReserved) {
        this.first = first;
        this.separator = separator;
        this.isNamed = isNamed;
        this.allowsReserved = allowsReserved;
    }

    private BitSet value() {
        return allowsReserved ? Symbols.withReserved() : Symbols.UNRESERVED;
    }

    private BitSet list() {
        return Symbols.with(value(), ",");
    }

    static TemplateOperator of(String expression) {
        if (expression.isEmpty()) {
            throw new IllegalArgumentException("an empty expression");
        }
        return switch (expression.charAt(0)) {
            case '+' -> RESERVED;
            case '#' -> FRAGMENT;
            case '.' -> LABEL;
            case '/' -> SEGMENTS;
            case ';' -> PARAMETERS;
            case '?' -> QUERY;
            case '&' -> CONTINUATION;
            // those that are kept for later (= , ! @ |) are no variables either
            default -> SIMPLE;
        };
    }

    boolean isNamedBySign() {
        return this != SIMPLE;
    }

    /** Whatever its variables may be: texts, lists or maps, or undefined; all of them undefined is the empty text. */
    Expression expression(List<TemplateVariable> variables) {
        if (this == SIMPLE || this == RESERVED) {
            // commas may stand in a list, too, and nothing stands in front
            return variables.size() == 1 ? valueOf(variables.get(0)) : anyOf(withEquals(variables));
        }
        if (variables.size() > MAX_VARIABLES) {
            throw new TooComplexException();
        }
        List<Expression> beginnings = new ArrayList<>();
        for (int i = 0; i < variables.size(); i++) {
            List<Expression> parts = new ArrayList<>(List.of(text(first.toCharArray()), item(variables.get(i))));
            for (TemplateVariable later : variables.subList(i + 1, variables.size())) {
                parts.add(optional(sequence(one(separator()), item(later))));
            }
            beginnings.add(sequence(parts));
            if (!isNamed && variables.get(i).maxLength() == 0) {
                break; // it may look like any behind it
            }
        }
        return optional(either(beginnings));
    }

    private BitSet withEquals(List<TemplateVariable> variables) {
        return variables.stream().anyMatch(TemplateVariable::explodes) ? Symbols.with(list(), "=") : list();
    }

    private BitSet separator() {
        BitSet set = new BitSet();
        set.set(separator);
        return set;
    }

    private Expression item(TemplateVariable variable) {
        if (variable.explodes()) {
            return sequence(exploded(), anyNumber(sequence(one(separator()), exploded())));
        }
        return isNamed ? named(Symbols.of(variable.name()), valueOf(variable)) : valueOf(variable);
    }

    /** A part of a list, under the variable's name, or of a map, under any. */
    private Expression exploded() {
        BitSet withEquals = Symbols.with(value(), "=");
        return isNamed ? sequence(someOf(Symbols.UNRESERVED), optional(assigned(anyOf(value())))) : anyOf(withEquals);
    }

    /** Parameters without a value have no equals sign; in a query they keep it. */
    private Expression named(char[] name, Expression value) {
        return sequence(text(name), this == PARAMETERS ? optional(assigned(value)) : assigned(value));
    }

    private static Expression assigned(Expression value) {
        return sequence(text(new char[] {'='}), value);
    }

    private Expression valueOf(TemplateVariable variable) {
        if (variable.explodes()) {
            return anyOf(Symbols.with(list(), "="));
        }
        return variable.maxLength() == 0 || variable.maxLength() >= LONG
                ? anyOf(list())
                : Expression.times(character(), 0, variable.maxLength());
    }

    /** What is percent-encoded counts as one, whatever its bytes. */
    private Expression character() {
        BitSet beginnings = (BitSet) value().clone();
        beginnings.andNot(Symbols.continuations());
        return sequence(one(beginnings), anyOf(Symbols.continuations()));
    }
}
