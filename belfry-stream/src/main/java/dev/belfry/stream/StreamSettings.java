package dev.belfry.stream;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The times and bounds of a stream.
 *
 * @param heartbeat after how long a silent stream gets a heartbeat
 * @param retry how long a client should wait before it reconnects, at least; up to half as much is added at random, so that
 *     clients do not come back all at once
 * @param writeStall how long a client may take nothing of what waits for it before it is cut off
 * @param maxConnections how many streams may be open at once
 * @param directWrites whether events may go to a plain connection's socket past its channel, which is faster; without it every
 *     byte passes the handlers of the channel
 * @param maxLifetime how long a stream may be open; up to a tenth less is taken at random. Null for as long as its permissions last
 */
public record StreamSettings(
        Duration heartbeat,
        Duration retry,
        Duration writeStall,
        int maxConnections,
        boolean directWrites,
        @Nullable Duration maxLifetime) {
    /** 25 seconds, 2 seconds, 2 minutes, 1,000,000 streams, with direct writes. */
    public static final StreamSettings DEFAULT =
            new StreamSettings(Duration.ofSeconds(25), Duration.ofSeconds(2), Duration.ofMinutes(2), 1_000_000);

    /** With direct writes. */
    public StreamSettings(Duration heartbeat, Duration retry, Duration writeStall, int maxConnections) {
        this(heartbeat, retry, writeStall, maxConnections, true);
    }

    /** Without a maximum lifetime. */
    public StreamSettings(
            Duration heartbeat, Duration retry, Duration writeStall, int maxConnections, boolean directWrites) {
        this(heartbeat, retry, writeStall, maxConnections, directWrites, null);
    }

    /** The same, with a maximum lifetime. */
    public StreamSettings withMaxLifetime(@Nullable Duration lifetime) {
        return new StreamSettings(heartbeat, retry, writeStall, maxConnections, directWrites, lifetime);
    }

    /** A time to tell a client that should reconnect. */
    public long retryMillis() {
        long least = retry.toMillis();
        return least + ThreadLocalRandom.current().nextLong(least / 2 + 1);
    }

    public StreamSettings {
        if (maxLifetime != null && maxLifetime.toMillis() < 1) {
            throw new IllegalArgumentException("a maximum lifetime is at least 1 ms");
        }
        if (heartbeat.toMillis() < 1 || writeStall.toMillis() < 1 || retry.isNegative()) {
            throw new IllegalArgumentException("heartbeat and write stall are at least 1 ms, retry is not negative");
        }
    }
}
