package dev.belfry.server;

/** The server answered a request for a feed with another status than a feed has. */
final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    Refused(int status) {
        super("status " + status);
        this.status = status;
    }

    int status() {
        return status;
    }
}
