package dev.belfry.mercure;

/**
 * A token of a URL Pattern.
 *
 * @param at where it begins in the pattern
 * @param value what it says, without the signs that make it what it is
 */
record PatternToken(Kind kind, int at, String value) {
    enum Kind {
        OPEN,
        CLOSE,
        REGEXP,
        NAME,
        CHAR,
        ESCAPED,
        MODIFIER,
        ASTERISK,
        END,
        INVALID
    }

    boolean is(Kind other) {
        return kind == other;
    }

    /** Whether it is this character and stands for itself. */
    boolean isPlain(String character) {
        return value.equals(character) && (is(Kind.CHAR) || is(Kind.ESCAPED) || is(Kind.INVALID));
    }
}
