package dev.belfry.security;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** A key that makes tokens. */
public final class SigningKey {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final int NEW_SECRET_BYTES = 32;

    private final Algorithm algorithm;
    private final Signer signer;

    private interface Signer {
        byte[] sign(byte[] text) throws JOSEException, GeneralSecurityException;
    }

    private SigningKey(Algorithm algorithm, Signer signer) {
        this.algorithm = algorithm;
        this.signer = signer;
    }

    /**
     * The first key of a text: a secret, or a private key in PEM.
     *
     * @throws IllegalArgumentException with a rule when it breaks one
     */
    public static SigningKey read(String text) {
        if (KeyText.isPem(text)) {
            return of(Pem.privateKey(text));
        }
        byte[] secret = KeyText.secrets(text)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no secret"))
                .getBytes(UTF_8);
        // says what is wrong with it
        TokenKey.secret(secret);
        return by(Algorithm.HS256, () -> new MACSigner(secret));
    }

    private static SigningKey of(PrivateKey key) {
        if (key instanceof RSAPrivateKey) {
            return by(Algorithm.RS256, () -> new RSASSASigner(key));
        }
        if (key instanceof ECPrivateKey ec && Curve.P_256.equals(Curve.forECParameterSpec(ec.getParams()))) {
            return by(Algorithm.ES256, () -> new ECDSASigner(ec));
        }
        if (key instanceof EdECPrivateKey) {
            return new SigningKey(Algorithm.EDDSA, text -> signEd25519(key, text));
        }
        throw new IllegalArgumentException("a private key is one of RSA, EC P-256 or Ed25519");
    }

    private interface SignerMaker {
        JWSSigner make() throws JOSEException;
    }

    private static SigningKey by(Algorithm algorithm, SignerMaker maker) {
        try {
            JWSSigner signer = maker.make();
            return new SigningKey(
                    algorithm,
                    text -> signer.sign(new JWSHeader(algorithm.jws()), text).decode());
        } catch (JOSEException e) {
            throw new IllegalArgumentException("the key cannot be used", e);
        }
    }

    private static byte[] signEd25519(PrivateKey key, byte[] text) throws GeneralSecurityException {
        Signature ed25519 = Signature.getInstance("Ed25519");
        ed25519.initSign(key);
        ed25519.update(text);
        return ed25519.sign();
    }

    /** A random secret, as a file of keys has it: 43 characters for 32 bytes. */
    public static String newSecret() {
        byte[] secret = new byte[NEW_SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        return BASE64.encodeToString(secret);
    }

    /** A token with these claims. */
    public String sign(Map<String, ?> claims) {
        Map<String, Object> header = new LinkedHashMap<>();
        header.put("alg", algorithm.jws().getName());
        header.put("typ", "JWT");
        String signed = part(header) + "." + part(claims);
        try {
            return signed + "." + BASE64.encodeToString(signer.sign(signed.getBytes(US_ASCII)));
        } catch (JOSEException | GeneralSecurityException e) {
            throw new IllegalArgumentException("the key cannot be used", e);
        }
    }

    private static String part(Map<String, ?> json) {
        return BASE64.encodeToString(JSONObjectUtils.toJSONString(json).getBytes(UTF_8));
    }
}
