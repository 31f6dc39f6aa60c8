package dev.belfry;

import java.time.Instant;

/**
 * What a log keeps under an idempotency key: the answer that it gave, and to what.
 *
 * @param fingerprint of the publication, 32 bytes
 * @param first the position of its first notification
 * @param count how many it had
 * @param expires from when on the key is not known any more
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record KeptReceipt(byte[] fingerprint, Position first, int count, Instant expires) {}
