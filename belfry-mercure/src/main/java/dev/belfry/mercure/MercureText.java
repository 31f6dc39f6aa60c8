package dev.belfry.mercure;

import dev.belfry.wire.Problem;

/** Texts that 1.0 allows in names: no controls, and no characters that only format others. */
final class MercureText {
    private MercureText() {}

    static boolean isClean(String text) {
        return text.codePoints().noneMatch(MercureText::isUnclean);
    }

    private static boolean isUnclean(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE -> true;
            default -> false;
        };
    }

    /** @throws Problem 400 when it is not clean */
    static void check(String code, String what, String text) {
        if (!isClean(text)) {
            throw Problem.badRequest(code, what + " has no control and no format characters");
        }
    }
}
