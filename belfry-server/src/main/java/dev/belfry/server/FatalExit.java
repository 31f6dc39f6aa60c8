package dev.belfry.server;

import dev.belfry.FatalErrorListener;

/**
 * Ends the process at once when it is not known any more whether its state is right: a supervisor starts it again, and all that was
 * answered is on the disk. Nothing is shut down, as that needs what has failed.
 */
final class FatalExit implements FatalErrorListener {
    /** An error of the software itself, by the convention of sysexits.h. */
    static final int CODE = 70;

    @Override
    public void failed(String what, Throwable cause) {
        Runtime.getRuntime().halt(CODE);
    }
}
