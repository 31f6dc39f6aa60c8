package dev.belfry.wire;

import java.time.Duration;

/**
 * The bounds of a publication.
 *
 * @param maxBodyBytes of a request, or of a WebSocket message; beyond it: 413, close code 1009
 * @param maxBatch how many notifications
 * @param bodyTimeout how long the body may take to come; beyond it: 408
 */
public record PublishSettings(int maxBodyBytes, int maxBatch, Duration bodyTimeout) {
    /** 4 MiB, 1,000 notifications, 30 seconds. */
    public static final PublishSettings DEFAULT = new PublishSettings(4 << 20, 1000, Duration.ofSeconds(30));
}
