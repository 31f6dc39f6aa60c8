package dev.belfry.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.NamedParameterSpec;

/** A key and the one algorithm that it is for. Any thread may use it. */
public final class TokenKey {
    private static final int MIN_SECRET_BYTES = 32;
    private static final int MIN_RSA_BITS = 2048;

    private final Algorithm algorithm;
    private final Check check;

    private interface Check {
        boolean verifies(byte[] signed, byte[] signature) throws JOSEException, GeneralSecurityException;
    }

    private TokenKey(Algorithm algorithm, Check check) {
        this.algorithm = algorithm;
        this.check = check;
    }

    /**
     * A shared secret, for HS256.
     *
     * @throws IllegalArgumentException when it has fewer than 32 bytes
     */
    public static TokenKey secret(byte[] secret) {
        if (secret.length < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException(
                    "a secret has " + MIN_SECRET_BYTES + " bytes or more, and this one has " + secret.length);
        }
        try {
            return by(Algorithm.HS256, new MACVerifier(secret));
        } catch (JOSEException e) {
            throw new IllegalArgumentException("the secret cannot be used", e);
        }
    }

    /**
     * A public key: RSA of 2,048 bits or more for RS256, P-256 for ES256, Ed25519 for EdDSA.
     *
     * @throws IllegalArgumentException when it is another
     */
    public static TokenKey of(PublicKey key) {
        if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() >= MIN_RSA_BITS) {
            return by(Algorithm.RS256, new RSASSAVerifier(rsa));
        }
        if (key instanceof ECPublicKey ec && Curve.P_256.equals(Curve.forECParameterSpec(ec.getParams()))) {
            try {
                return by(Algorithm.ES256, new ECDSAVerifier(ec));
            } catch (JOSEException e) {
                throw new IllegalArgumentException("the key cannot be used", e);
            }
        }
        if (key instanceof EdECPublicKey ed && ed.getParams().getName().equals(NamedParameterSpec.ED25519.getName())) {
            return new TokenKey(Algorithm.EDDSA, (signed, signature) -> verifiesEd25519(key, signed, signature));
        }
        throw new IllegalArgumentException(
                "a public key is one of RSA with " + MIN_RSA_BITS + " bits or more, EC P-256 or Ed25519");
    }

    private static TokenKey by(Algorithm algorithm, JWSVerifier verifier) {
        // not the token's own header: nothing but the algorithm is to be believed
        JWSHeader header = new JWSHeader(algorithm.jws());
        return new TokenKey(
                algorithm, (signed, signature) -> verifier.verify(header, signed, Base64URL.encode(signature)));
    }

    /** By the JDK's own, for Nimbus would ask for Tink. */
    private static boolean verifiesEd25519(PublicKey key, byte[] signed, byte[] signature)
            throws GeneralSecurityException {
        Signature ed25519 = Signature.getInstance("Ed25519");
        ed25519.initVerify(key);
        ed25519.update(signed);
        return ed25519.verify(signature);
    }

    Algorithm algorithm() {
        return algorithm;
    }

    /** Whether this key has made the signature; what it cannot read it has not made. */
    boolean verifies(byte[] signed, byte[] signature) {
        try {
            return check.verifies(signed, signature);
        } catch (JOSEException | GeneralSecurityException e) {
            return false;
        }
    }
}
