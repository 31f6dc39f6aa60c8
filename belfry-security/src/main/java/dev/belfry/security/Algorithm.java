package dev.belfry.security;

import com.nimbusds.jose.JWSAlgorithm;
import org.jspecify.annotations.Nullable;

/** The signatures that are accepted. There is no other, and a key has exactly one (RFC 8725, 3.1). */
public enum Algorithm {
    /** HMAC with SHA-256, by a shared secret. */
    HS256("HS256"),
    /** RSA PKCS #1 with SHA-256. */
    RS256("RS256"),
    /** ECDSA on P-256 with SHA-256. */
    ES256("ES256"),
    /** Ed25519. */
    EDDSA("EdDSA");

    private final String alg;

    Algorithm(String alg) {
        this.alg = alg;
    }

    /** By the value of {@code alg}, whose case counts; null when it is not accepted. */
    static @Nullable Algorithm of(@Nullable Object alg) {
        if ("Ed25519".equals(alg)) {
            // its other name, RFC 9864
            return EDDSA;
        }
        for (Algorithm algorithm : values()) {
            if (algorithm.alg.equals(alg)) {
                return algorithm;
            }
        }
        return null;
    }

    JWSAlgorithm jws() {
        return JWSAlgorithm.parse(alg);
    }
}
