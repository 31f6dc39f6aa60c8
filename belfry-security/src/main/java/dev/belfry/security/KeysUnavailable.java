package dev.belfry.security;

/** The keys that a token needs cannot be fetched now, so that nobody knows whether it is good. */
public final class KeysUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    KeysUnavailable() {
        super("the keys cannot be fetched", null, false, false);
    }
}
