package dev.belfry.security;

/** A token that is not accepted, whatever the reason: to its sender all are the same. The message never has anything of the token. */
public final class InvalidToken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Says why, for tests and debugging.
     *
     * @param reason a fixed text
     */
    public InvalidToken(String reason) {
        super(reason, null, false, false);
    }
}
