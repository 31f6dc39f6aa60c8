package dev.belfry.stream;

/** The budget has no room for what streams are to be given; they read it from the log when it has. */
final class NoRoom extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoRoom() {
        super("no room", null, false, false);
    }
}
