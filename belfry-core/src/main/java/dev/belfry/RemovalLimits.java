package dev.belfry;

import java.time.Duration;

/**
 * For how many topics, and how long, a log remembers what retention removed. A reader whose cursor is older than that is told
 * of a gap though perhaps nothing of its own is missing.
 *
 * @param topics at least 1
 * @param age since the newest removal of the topic
 */
public record RemovalLimits(int topics, Duration age) {
    /** 1,000,000 topics, 180 days. */
    public static final RemovalLimits DEFAULT = new RemovalLimits(1_000_000, Duration.ofDays(180));

    public RemovalLimits {
        if (topics < 1 || age.isNegative() || age.isZero()) {
            throw new IllegalArgumentException("topics=" + topics + " age=" + age);
        }
    }
}
