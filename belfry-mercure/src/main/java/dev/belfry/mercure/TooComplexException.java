package dev.belfry.mercure;

/** A template or pattern that would take too much to match. */
final class TooComplexException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooComplexException() {
        super("too complex", null, false, false);
    }
}
