package dev.belfry.wire;

import java.time.Duration;

/** What is known of a request's body before it has been read, and how much of it is read. */
public final class RequestBody {
    private final RequestHead head;
    private final PublishSettings limits;

    RequestBody(RequestHead head, PublishSettings limits) {
        this.head = head;
        this.limits = limits;
    }

    /**
     * How long it is said to be; -1 when the request does not say.
     *
     * @throws Problem 400 when that is no number
     */
    public long announcedBytes() {
        String length = head.header("Content-Length");
        try {
            return length == null ? -1 : Long.parseLong(length.strip());
        } catch (NumberFormatException e) {
            throw Problem.badRequest("invalid-length", "Content-Length is a number of bytes");
        }
    }

    /**
     * Refuses a body that is announced as too large before any of it is read.
     *
     * @throws Problem 413
     */
    public void checkLength() {
        if (announcedBytes() > maxBytes()) {
            throw tooLarge();
        }
    }

    /**
     * Refuses a body of which nothing is left.
     *
     * @throws Problem 400 when a filter in front of the endpoint has read it: half of it must not be taken for the whole
     */
    void checkPresent(byte[] body) {
        if (body.length == 0 && announcedBytes() > 0) {
            throw Problem.badRequest("body-missing", "the body was announced, but nothing of it has come");
        }
    }

    /** The answer to a body that is too large. */
    public Problem tooLarge() {
        return new Problem(413, "body-too-large", "a body has at most " + maxBytes() + " bytes");
    }

    /** How much it may have. */
    public int maxBytes() {
        return limits.maxBodyBytes();
    }

    /** How long it may take to come. */
    public Duration timeout() {
        return limits.bodyTimeout();
    }
}
