package dev.belfry.security;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A token as it came (RFC 7515, 7.1), taken apart and not believed. Of its header {@code alg}, {@code typ} and {@code kid} are
 * read, and {@code kid} is a name among the server's own keys only; keys that a token brings or points to are not looked at.
 */
final class CompactToken {
    static final int MAX_LENGTH = 8 << 10;

    private static final Base64.Decoder BASE64 = Base64.getUrlDecoder();
    private static final Base64.Encoder CANONICAL = Base64.getUrlEncoder().withoutPadding();
    private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "application/at+jwt", "application/jwt");

    /** What would change what is signed, or what is to be understood before it is believed. */
    private static final Set<String> REFUSED = Set.of("crit", "b64", "enc", "zip", "cty");

    private final Algorithm algorithm;
    private final @Nullable String keyId;
    private final Map<String, @Nullable Object> claims;
    private final byte[] signed;
    private final byte[] signature;

    private CompactToken(Map<String, @Nullable Object> header, String claims, String signed, String signature) {
        algorithm = algorithm(header);
        keyId = keyId(header);
        this.claims = json(claims);
        this.signed = signed.getBytes(US_ASCII);
        this.signature = decode(signature);
    }

    static CompactToken parse(String token) {
        // before anything is looked at
        if (token.length() > MAX_LENGTH) {
            throw new InvalidToken("too long");
        }
        int first = token.indexOf('.');
        int last = token.lastIndexOf('.');
        if (first < 0 || token.indexOf('.', first + 1) != last) {
            throw new InvalidToken("not three parts");
        }
        return new CompactToken(
                json(token.substring(0, first)),
                token.substring(first + 1, last),
                token.substring(0, last),
                token.substring(last + 1));
    }

    Algorithm algorithm() {
        return algorithm;
    }

    @Nullable
    String keyId() {
        return keyId;
    }

    Map<String, @Nullable Object> claims() {
        return claims;
    }

    /** Whether a key has signed it. */
    boolean isSignedBy(TokenKey key) {
        return key.verifies(signed, signature);
    }

    private static Map<String, @Nullable Object> json(String part) {
        try {
            return StrictJson.read(decode(part));
        } catch (IllegalArgumentException e) {
            throw new InvalidToken("a part is not a JSON object, or a name stands twice in it");
        }
    }

    /** One spelling for each: a decoder may be lenient with padding, and with the bits that are left over. */
    private static byte[] decode(String part) {
        try {
            byte[] bytes = BASE64.decode(part);
            if (bytes.length > 0 && CANONICAL.encodeToString(bytes).equals(part)) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new InvalidToken("a part is not base64url");
    }

    private static Algorithm algorithm(Map<String, @Nullable Object> header) {
        if (header.keySet().stream().anyMatch(REFUSED::contains)) {
            throw new InvalidToken("the header asks for what is not supported");
        }
        Object type = header.get("typ");
        if (header.containsKey("typ")
                && !(type instanceof String text && TYPES.contains(text.toLowerCase(Locale.ROOT)))) {
            throw new InvalidToken("another type");
        }
        Algorithm algorithm = Algorithm.of(header.get("alg"));
        if (algorithm == null) {
            throw new InvalidToken("another algorithm");
        }
        return algorithm;
    }

    private static @Nullable String keyId(Map<String, @Nullable Object> header) {
        Object kid = header.get("kid");
        if (header.containsKey("kid") && !(kid instanceof String)) {
            throw new InvalidToken("kid is not a string");
        }
        return (String) kid;
    }
}
