package dev.belfry.mercure;

import dev.belfry.mercure.PatternToken.Kind;
import java.util.ArrayList;
import java.util.List;

/** Cuts a URL Pattern into tokens, as the URL Pattern Standard does. */
final class PatternTokens {
    private final String pattern;
    private final boolean isLenient;
    private final List<PatternToken> tokens = new ArrayList<>();
    private int at;

    private PatternTokens(String pattern, boolean isLenient) {
        this.pattern = pattern;
        this.isLenient = isLenient;
    }

    /**
     * The tokens, with one for the end.
     *
     * @param isLenient whether what is no token stands for itself: as long as it is not known which part of a URL it is in
     * @throws IllegalArgumentException when it is none, and must be one
     */
    static List<PatternToken> of(String pattern, boolean isLenient) {
        PatternTokens reader = new PatternTokens(pattern, isLenient);
        while (reader.at < pattern.length()) {
            reader.next();
        }
        reader.add(Kind.END, pattern.length(), "");
        return reader.tokens;
    }

    private void next() {
        int length = Character.charCount(pattern.codePointAt(at));
        String character = pattern.substring(at, at + length);
        switch (character) {
            case "*" -> add(Kind.ASTERISK, at + 1, character);
            case "+", "?" -> add(Kind.MODIFIER, at + 1, character);
            case "{" -> add(Kind.OPEN, at + 1, character);
            case "}" -> add(Kind.CLOSE, at + 1, character);
            case "\\" -> escaped();
            case ":" -> name();
            case "(" -> regexp();
            default -> add(Kind.CHAR, at + length, character);
        }
    }

    private void add(Kind kind, int end, String value) {
        tokens.add(new PatternToken(kind, at, value));
        at = end;
    }

    private void invalid(String why) {
        if (!isLenient) {
            throw new IllegalArgumentException(why);
        }
        add(Kind.INVALID, at + 1, pattern.substring(at, at + 1));
    }

    private void escaped() {
        if (at + 1 == pattern.length()) {
            invalid("a backslash at the end");
            return;
        }
        int end = at + 1 + Character.charCount(pattern.codePointAt(at + 1));
        add(Kind.ESCAPED, end, pattern.substring(at + 1, end));
    }

    private void name() {
        int end = at + 1;
        while (end < pattern.length() && isOfName(pattern.codePointAt(end), end == at + 1)) {
            end += Character.charCount(pattern.codePointAt(end));
        }
        if (end == at + 1) {
            invalid("a group has no name");
        } else {
            add(Kind.NAME, end, pattern.substring(at + 1, end));
        }
    }

    private static boolean isOfName(int codePoint, boolean isFirst) {
        boolean isSign = codePoint == '$' || codePoint == '_';
        return isSign
                || (isFirst
                        ? Character.isUnicodeIdentifierStart(codePoint)
                        : (Character.isUnicodeIdentifierPart(codePoint) && !Character.isIdentifierIgnorable(codePoint))
                                || codePoint == 0x200C
                                || codePoint == 0x200D);
    }

    private void regexp() {
        int end = endOfRegexp();
        if (end < 0) {
            invalid("a regular expression is empty, does not end, begins with a ?, or has a group that captures");
        } else {
            add(Kind.REGEXP, end + 1, pattern.substring(at + 1, end));
        }
    }

    /** Where its closing parenthesis is; negative when it is none. */
    private int endOfRegexp() {
        int depth = 1;
        for (int i = at + 1; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c >= 0x80 || (c == '?' && i == at + 1)) {
                return -1;
            }
            if (c == '\\') {
                i++;
                if (i == pattern.length() || pattern.charAt(i) >= 0x80) {
                    return -1;
                }
            } else if (c == ')' && --depth == 0) {
                return i == at + 1 ? -1 : i;
            } else if (c == '(') {
                depth++;
                if (i + 1 == pattern.length() || pattern.charAt(i + 1) != '?') {
                    return -1;
                }
            }
        }
        return -1;
    }
}
