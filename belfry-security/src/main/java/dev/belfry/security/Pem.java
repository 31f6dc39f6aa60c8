package dev.belfry.security;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.KeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Keys as OpenSSL writes them (RFC 7468). */
final class Pem {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END \\1-----");
    private static final List<String> KINDS = List.of("RSA", "EC", "Ed25519");

    private Pem() {}

    static boolean isPem(String text) {
        return text.contains("-----BEGIN ");
    }

    /** All public keys of a text; it has one at least. */
    static List<PublicKey> publicKeys(String text) {
        return read(text, "PUBLIC KEY", "openssl pkey -pubout", der -> publicKey(der));
    }

    /** The first private key of a text. */
    static PrivateKey privateKey(String text) {
        return read(text, "PRIVATE KEY", "openssl pkcs8 -topk8 -nodes", der -> privateKey(der))
                .get(0);
    }

    private static <K> List<K> read(String text, String label, String command, Function<byte[], K> reader) {
        List<K> keys = new ArrayList<>();
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            if (!block.group(1).equals(label)) {
                throw new IllegalArgumentException(
                        "PEM is expected to have BEGIN " + label + ", as " + command + " writes it");
            }
            keys.add(reader.apply(Base64.getMimeDecoder().decode(block.group(2))));
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("PEM is expected to have BEGIN " + label + " and an END");
        }
        return keys;
    }

    private static PublicKey publicKey(byte[] der) {
        KeySpec spec = new X509EncodedKeySpec(der);
        return anyKind(kind -> KeyFactory.getInstance(kind).generatePublic(spec));
    }

    private static PrivateKey privateKey(byte[] der) {
        KeySpec spec = new PKCS8EncodedKeySpec(der);
        return anyKind(kind -> KeyFactory.getInstance(kind).generatePrivate(spec));
    }

    private interface KindReader<K> {
        K read(String kind) throws GeneralSecurityException;
    }

    private static <K> K anyKind(KindReader<K> reader) {
        for (String kind : KINDS) {
            try {
                return reader.read(kind);
            } catch (InvalidKeySpecException e) {
                // the next kind
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every Java platform has " + kind, e);
            }
        }
        throw new IllegalArgumentException("a key in PEM is expected to be of RSA, EC or Ed25519");
    }
}
