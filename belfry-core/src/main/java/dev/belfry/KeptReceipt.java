package dev.belfry;

import java.time.Instant;

/**
 * What a log keeps under an idempotency key: the answer that it gave, and to what.
 *
 * @param fingerprint of the publication, 32 bytes
 * @param positions of its notifications
 * @param expires from when on the key is not known any more
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record KeptReceipt(byte[] fingerprint, PositionRuns positions, Instant expires) {}
