package dev.belfry;

import dev.belfry.BelfryException.InvalidInput;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The publisher's name for one publication, and the fingerprint of what it said under that name.
 * Follows draft-ietf-httpapi-idempotency-key-header.
 */
public final class IdempotencyKey {
    private static final int MAX_LENGTH = 128;

    private final String name;
    private final byte[] fingerprint;

    private IdempotencyKey(String name, byte[] fingerprint) {
        this.name = name;
        this.fingerprint = fingerprint;
    }

    /**
     * @param name 1 to 128 characters, no control characters
     * @param body the publication as it came, in one or several parts; the fingerprint is the SHA-256 of the parts, each
     *     behind its length
     * @throws InvalidInput when the name breaks its rule ({@code invalid-idempotency-key})
     */
    public static IdempotencyKey of(String name, byte[]... body) {
        Text.checkName("invalid-idempotency-key", "an idempotency key", name, MAX_LENGTH);
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (byte[] part : body) {
                // so that no part can run into the next
                sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, part.length));
                sha256.update(part);
            }
            return new IdempotencyKey(name, sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * The same key as a subject's own, so that the keys of two subjects never meet. Nobody else's is one: neither a subject nor a name has a
     * control character.
     *
     * @param subject null for somebody without one, whose keys stay as they are
     */
    public IdempotencyKey ownedBy(@Nullable String subject) {
        return subject == null ? this : new IdempotencyKey(subject + '\n' + name, fingerprint);
    }

    /** Under what it is kept: the name, and in front of it the subject if it has one. */
    public String name() {
        return name;
    }

    /** 32 bytes; not a copy, never to be written to. */
    public byte[] fingerprint() {
        return fingerprint;
    }

    /** Whether the same body stands behind both. */
    public boolean hasFingerprint(byte[] other) {
        return Arrays.equals(fingerprint, other);
    }

    @Override
    public String toString() {
        return name;
    }
}
