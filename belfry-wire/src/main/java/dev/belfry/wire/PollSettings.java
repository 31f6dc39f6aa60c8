package dev.belfry.wire;

import java.time.Duration;

/**
 * The bounds of a poll.
 *
 * @param defaultLimit how many events an answer has when the request does not say
 * @param maxLimit how many a request may ask for
 * @param maxWait how long a long poll may be held; a request for more is held this long
 */
public record PollSettings(int defaultLimit, int maxLimit, Duration maxWait) {
    /** 100 events, 1,000 events, 60 seconds. */
    public static final PollSettings DEFAULT = new PollSettings(100, 1000, Duration.ofSeconds(60));
}
