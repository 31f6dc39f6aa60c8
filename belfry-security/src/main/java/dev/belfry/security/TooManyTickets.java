package dev.belfry.security;

/** There is no room for another ticket until some are used or expire. */
public final class TooManyTickets extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean ofSubject;

    TooManyTickets(boolean ofSubject) {
        super("too many tickets", null, false, false);
        this.ofSubject = ofSubject;
    }

    /** Whether it is the subject that has too many. */
    public boolean ofSubject() {
        return ofSubject;
    }
}
