package dev.belfry;

import dev.belfry.BelfryException.InvalidInput;

/** The rules that names from outside share: they go into lines and headers, so they hold no control characters. */
final class Text {
    private Text() {}

    static void checkName(String code, String what, String value, int maxLength) {
        if (value.isEmpty() || value.length() > maxLength) {
            throw new InvalidInput(code, what + " has 1 to " + maxLength + " characters");
        }
        if (!isPlain(value)) {
            throw new InvalidInput(code, what + " has no control characters, line separators or unpaired surrogates");
        }
    }

    private static boolean isPlain(String value) {
        return isPlainAscii(value) || value.codePoints().allMatch(Text::isPlain);
    }

    /** What almost every name is. */
    private static boolean isPlainAscii(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c >= 0x7F) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(int codePoint) {
        if (codePoint < 0x7F) {
            return codePoint >= ' ';
        }
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                false;
            // not all that is UNASSIGNED, for that depends on the JDK: what one accepts, another must be able to read
            default -> codePoint != 0xFEFF && !isNonCharacter(codePoint);
        };
    }

    private static boolean isNonCharacter(int codePoint) {
        return (codePoint & 0xFFFE) == 0xFFFE || (codePoint >= 0xFDD0 && codePoint <= 0xFDEF);
    }

    static boolean hasUnpairedSurrogate(String value) {
        return hasSurrogate(value)
                && value.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    /** What few texts have; most of the cost of the question above. */
    private static boolean hasSurrogate(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (Character.isSurrogate(value.charAt(i))) {
                return true;
            }
        }
        return false;
    }
}
