package dev.belfry.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Makes tokens by the JDK's own means, good ones and others: header and claims are any text. */
public final class TokenForge {
    public final String secret;
    public final KeyPair rsa;
    public final KeyPair ec;
    public final KeyPair ed25519;

    /** With new keys. */
    public TokenForge(String secret) {
        this.secret = secret;
        try {
            KeyPairGenerator rsaKeys = KeyPairGenerator.getInstance("RSA");
            rsaKeys.initialize(2048);
            rsa = rsaKeys.generateKeyPair();
            KeyPairGenerator ecKeys = KeyPairGenerator.getInstance("EC");
            ecKeys.initialize(new ECGenParameterSpec("secp256r1"));
            ec = ecKeys.generateKeyPair();
            ed25519 = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The three public keys, as a file has them. */
    public String publicKeys() {
        return pem("PUBLIC KEY", rsa.getPublic().getEncoded())
                + pem("PUBLIC KEY", ec.getPublic().getEncoded())
                + pem("PUBLIC KEY", ed25519.getPublic().getEncoded());
    }

    /** A key as OpenSSL writes it. */
    public static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + label + "-----\n";
    }

    /** A token of the usual header, signed by the secret. */
    public String token(String claims) {
        return hs256("{\"alg\":\"HS256\",\"typ\":\"JWT\"}", claims);
    }

    public String hs256(String header, String claims) {
        return hs256(header, claims, secret.getBytes(UTF_8));
    }

    /** Signed by any bytes. */
    public String hs256(String header, String claims, byte[] key) {
        return hmac("HmacSHA256", signed(header, claims), key);
    }

    static String hmac(String algorithm, String signed, byte[] key) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            return signed + "." + base64(mac.doFinal(signed.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public String rs256(String header, String claims) {
        return signed("SHA256withRSA", rsa.getPrivate(), header, claims);
    }

    public String es256(String header, String claims) {
        return signed("SHA256withECDSAinP1363Format", ec.getPrivate(), header, claims);
    }

    public String eddsa(String header, String claims) {
        return signed("Ed25519", ed25519.getPrivate(), header, claims);
    }

    static String signed(String algorithm, PrivateKey key, String header, String claims) {
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            String signed = signed(header, claims);
            signature.update(signed.getBytes(UTF_8));
            return signed + "." + base64(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first two parts of a token. */
    static String signed(String header, String claims) {
        return base64(header.getBytes(UTF_8)) + "." + base64(claims.getBytes(UTF_8));
    }

    static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
