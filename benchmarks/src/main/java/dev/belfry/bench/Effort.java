package dev.belfry.bench;

import java.time.Duration;

/**
 * How long it may take.
 *
 * @param rounds of every measurement, the contestants in turn within each
 * @param warmUp of every contestant in every round
 * @param measured of every contestant in every round
 * @param replayEvents how many events a replay has
 * @param stormSubscribers how many return at once
 * @param idleConnections how many are idle
 */
record Effort(
        int rounds, Duration warmUp, Duration measured, int replayEvents, int stormSubscribers, int idleConnections) {
    static final Effort QUICK = new Effort(3, Duration.ofSeconds(2), Duration.ofSeconds(3), 1_000_000, 5_000, 10_000);
    static final Effort FULL = new Effort(7, Duration.ofSeconds(4), Duration.ofSeconds(8), 1_000_000, 10_000, 15_000);
}
