package dev.belfry.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The public keys of a JWK set (RFC 7517) that are for signatures and of a kind that is supported. The others are left out, secrets
 * too: what anybody may fetch is none.
 */
final class JwkSetReader {
    private static final int MAX_KEYS = 100;

    /** What stands in front of the 32 bytes of an Ed25519 key as X.509 has it (RFC 8410, 10.1). */
    private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    /** A key and its name. */
    record NamedKey(@Nullable String keyId, TokenKey key) {}

    private JwkSetReader() {}

    /**
     * Reads a set.
     *
     * @throws IllegalArgumentException when it is none
     */
    static List<NamedKey> read(byte[] json) {
        if (!(StrictJson.read(json).get("keys") instanceof List<?> keys)) {
            throw new IllegalArgumentException("not a JWK set");
        }
        List<NamedKey> named = new ArrayList<>();
        for (Object key : keys) {
            NamedKey usable = key instanceof Map<?, ?> parameters ? usable(parameters) : null;
            if (usable != null && named.size() < MAX_KEYS) {
                named.add(usable);
            }
        }
        return List.copyOf(named);
    }

    private static @Nullable NamedKey usable(Map<?, ?> parameters) {
        try {
            @SuppressWarnings("unchecked")
            JWK jwk = JWK.parse((Map<String, Object>) parameters);
            PublicKey key = isForSignatures(jwk) ? publicKey(jwk) : null;
            if (key == null) {
                return null;
            }
            TokenKey tokenKey = TokenKey.of(key);
            boolean isOfItsAlgorithm = jwk.getAlgorithm() == null
                    || Algorithm.of(jwk.getAlgorithm().getName()) == tokenKey.algorithm();
            return isOfItsAlgorithm ? new NamedKey(jwk.getKeyID(), tokenKey) : null;
        } catch (ParseException | JOSEException | GeneralSecurityException | IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean isForSignatures(JWK jwk) {
        return (jwk.getKeyUse() == null || jwk.getKeyUse().equals(KeyUse.SIGNATURE))
                && (jwk.getKeyOperations() == null || jwk.getKeyOperations().contains(KeyOperation.VERIFY));
    }

    private static @Nullable PublicKey publicKey(JWK jwk) throws JOSEException, GeneralSecurityException {
        if (jwk instanceof RSAKey rsa) {
            return rsa.toRSAPublicKey();
        }
        if (jwk instanceof ECKey ec) {
            return ec.toECPublicKey();
        }
        return jwk instanceof OctetKeyPair pair && pair.getCurve().equals(Curve.Ed25519)
                ? ed25519(pair.getX().decode())
                : null;
    }

    private static PublicKey ed25519(byte[] x) throws GeneralSecurityException {
        byte[] der = new byte[ED25519_PREFIX.length + x.length];
        System.arraycopy(ED25519_PREFIX, 0, der, 0, ED25519_PREFIX.length);
        System.arraycopy(x, 0, der, ED25519_PREFIX.length, x.length);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der));
    }
}
