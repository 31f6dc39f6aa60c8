package dev.belfry.bench;

import java.time.Duration;

/**
 * How long it may take.
 *
 * @param rounds of every measurement, the contestants in turn within each
 * @param warmUp of every contestant in every round
 * @param measured of every contestant in every round
 * @param replayEvents how many events a replay has
 * @param replays how many there are one after the other; one alone is done so soon that the slowest hundredth of what is
 *     live meanwhile is two events
 * @param stormSubscribers how many return at once
 * @param idleConnections how many are idle
 */
record Effort(
        int rounds,
        Duration warmUp,
        Duration measured,
        int replayEvents,
        int replays,
        int stormSubscribers,
        int idleConnections) {
    static final Effort QUICK =
            new Effort(2, Duration.ofMillis(1500), Duration.ofSeconds(2), 1_000_000, 2, 5_000, 10_000);
    static final Effort FULL =
            new Effort(3, Duration.ofMillis(1500), Duration.ofSeconds(3), 1_000_000, 6, 10_000, 15_000);

    /** How long a contestant is warmed up within a turn. */
    Duration warmUp(Peer peer) {
        return peer == Peer.TUTORIAL ? compile(peer) : warmUp;
    }

    /** How long a server is warmed up before its first turn: a JVM on one core compiles beside what it serves. */
    Duration compile(Peer peer) {
        return switch (peer) {
            case BELFRY, BELFRY_OS, TUTORIAL -> measured.multipliedBy(4);
            case NCHAN, FLOOR, FLOOR_FSYNC -> Duration.ofMillis(500);
        };
    }
}
