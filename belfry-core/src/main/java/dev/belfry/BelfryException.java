package dev.belfry;

/**
 * What can go wrong between a caller and the log, each kind with a code that does not change between releases.
 * The code is what a client may test; the message is for a person.
 */
public abstract sealed class BelfryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;

    private BelfryException(String code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    private BelfryException(String code, String message) {
        super(message);
        this.code = code;
    }

    /** What a caller of the log is told of something that was thrown, whatever it is: the storage failed, unless it says otherwise. */
    static BelfryException of(Throwable thrown) {
        return thrown instanceof BelfryException known ? known : new LogStorage(false, thrown);
    }

    /** Lower-case words joined by hyphens, e.g. {@code invalid-topic}. */
    public String code() {
        return code;
    }

    /** A value from outside that breaks a rule; nothing was stored. */
    public static final class InvalidInput extends BelfryException {
        private static final long serialVersionUID = 1L;

        public InvalidInput(String code, String message) {
            super(code, message);
        }
    }

    /** An idempotency key that is kept already, with another body. */
    public static final class IdempotencyConflict extends BelfryException {
        private static final long serialVersionUID = 1L;

        static final String CODE = "idempotency-conflict";

        public IdempotencyConflict() {
            super(CODE, "this idempotency key was used with another body");
        }
    }

    /** The log's queue is full; nothing was stored, and the same publication may be tried again soon. */
    public static final class LogFull extends BelfryException {
        private static final long serialVersionUID = 1L;

        public LogFull() {
            super("log-full", "the log's queue is full, try again");
        }
    }

    /** The log is closing or closed; nothing was stored. */
    public static final class LogClosed extends BelfryException {
        private static final long serialVersionUID = 1L;

        public LogClosed() {
            super("log-closed", "the log is closed");
        }
    }

    /**
     * The storage refused a write or a read, for want of room or because it is broken. Its message is a fixed text, because it goes
     * to strangers; what the storage says, paths and all, is in the cause.
     */
    public static final class LogStorage extends BelfryException {
        private static final long serialVersionUID = 1L;

        private final boolean outOfSpace;

        public LogStorage(boolean outOfSpace, Throwable cause) {
            super(
                    outOfSpace ? "log-out-of-space" : "log-storage",
                    outOfSpace ? "the disk of the log is full" : "the storage of the log failed",
                    cause);
            this.outOfSpace = outOfSpace;
        }

        /** Whether room on the disk would cure it. */
        public boolean outOfSpace() {
            return outOfSpace;
        }
    }

    /** A data directory that cannot be opened: in use, written by a newer version, or unreadable. */
    public static final class LogUnusable extends BelfryException {
        private static final long serialVersionUID = 1L;

        public LogUnusable(String message) {
            super("log-unusable", message);
        }

        public LogUnusable(String message, Throwable cause) {
            super("log-unusable", message, cause);
        }
    }
}
