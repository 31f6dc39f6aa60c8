package dev.belfry.testkit;

import static dev.belfry.testkit.TokenForge.base64;
import static dev.belfry.testkit.TokenForge.signed;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tokens that nobody may accept who knows the keys of a forge and asks for {@link #ISSUER} and {@link #AUDIENCE}: one line for each
 * attack or mistake. They differ from good ones in nothing else.
 */
public final class BadTokens {
    public static final String ISSUER = "https://issuer.example";
    public static final String AUDIENCE = "belfry";

    private static final String HS256 = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
    private static final String RS256 = "{\"alg\":\"RS256\",\"typ\":\"JWT\"}";
    private static final String ES256 = "{\"alg\":\"ES256\",\"typ\":\"JWT\"}";

    private final TokenForge forge;
    private final URI trap;
    private final long now;
    private final KeyPair strangers = strangersKeys();
    private final Map<String, String> tokens = new LinkedHashMap<>();

    private BadTokens(TokenForge forge, URI trap, Instant now) {
        this.forge = forge;
        this.trap = trap;
        this.now = now.getEpochSecond();
    }

    /**
     * All of them, by what is wrong with them.
     *
     * @param trap a URI that nobody may ask
     */
    public static Map<String, String> table(TokenForge forge, URI trap, Instant now) {
        BadTokens table = new BadTokens(forge, trap, now);
        table.addAlgorithms();
        table.addForeignKeys();
        table.addTimes();
        table.addClaims();
        table.addForms();
        table.addSignatures();
        return table.tokens;
    }

    /** The claims of a good token, which may do everything. */
    public static String goodClaims(Instant now) {
        return claims(now.getEpochSecond(), "\"exp\":" + (now.getEpochSecond() + 600));
    }

    /** Good claims with another end. */
    private static String claims(long now, String rest) {
        return "{\"iss\":\"" + ISSUER + "\",\"aud\":\"" + AUDIENCE + "\",\"sub\":\"mallory\",\"iat\":" + now
                + ",\"belfry\":{\"publish\":[\"**\"],\"subscribe\":[\"**\"]}" + (rest.isEmpty() ? "" : "," + rest)
                + "}";
    }

    private String good() {
        return claims(now, exp());
    }

    private String exp() {
        return "\"exp\":" + (now + 600);
    }

    private static KeyPair strangersKeys() {
        try {
            return KeyPairGenerator.getInstance("RSA").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void addAlgorithms() {
        for (String none : List.of("none", "None", "NONE", "nOnE", "")) {
            tokens.put(
                    "alg '" + none + "', no signature",
                    signed("{\"alg\":\"" + none + "\",\"typ\":\"JWT\"}", good()) + ".");
        }
        tokens.put("alg none, signed all the same", forge.hs256("{\"alg\":\"none\"}", good()));
        tokens.put("no alg", forge.hs256("{\"typ\":\"JWT\"}", good()));
        tokens.put("alg null", forge.hs256("{\"alg\":null}", good()));
        tokens.put("alg is an array", forge.hs256("{\"alg\":[\"HS256\"]}", good()));
        tokens.put("alg in another case", forge.hs256("{\"alg\":\"hs256\"}", good()));
        tokens.put("alg with a NUL", forge.hs256("{\"alg\":\"HS256\\u0000\"}", good()));
        tokens.put(
                "HS512, which the secret is not for",
                TokenForge.hmac("HmacSHA512", signed("{\"alg\":\"HS512\"}", good()), forge.secret.getBytes(UTF_8)));
        tokens.put(
                "HS256 by the RSA key as PEM",
                forge.hs256(
                        HS256, good(), TokenForge.pem("PUBLIC KEY", rsaDer()).getBytes(UTF_8)));
        tokens.put(
                "HS256 by the file of public keys",
                forge.hs256(HS256, good(), forge.publicKeys().getBytes(UTF_8)));
        tokens.put("HS256 by the RSA key as DER", forge.hs256(HS256, good(), rsaDer()));
        tokens.put("HS256 by an empty key", TokenForge.hmac("HmacSHA256", signed(HS256, good()), new byte[1]));
        tokens.put("HS256 by a short key", forge.hs256(HS256, good(), "secret".getBytes(UTF_8)));
        tokens.put("RS256 header on an HMAC", forge.hs256(RS256, good()));
        tokens.put("HS256 header on an RSA signature", forge.rs256(HS256, good()));
    }

    private byte[] rsaDer() {
        return forge.rsa.getPublic().getEncoded();
    }

    private String byStranger(String header) {
        return TokenForge.signed("SHA256withRSA", strangers.getPrivate(), header, good());
    }

    private void addForeignKeys() {
        RSAPublicKey key = (RSAPublicKey) strangers.getPublic();
        String jwk = "{\"kty\":\"RSA\",\"n\":\"" + base64(key.getModulus().toByteArray()) + "\",\"e\":\"AQAB\"}";
        tokens.put("another RSA key", byStranger(RS256));
        tokens.put("its own jwk", byStranger("{\"alg\":\"RS256\",\"jwk\":" + jwk + "}"));
        tokens.put("its own jku", byStranger("{\"alg\":\"RS256\",\"jku\":\"" + trap + "/jwks\"}"));
        tokens.put(
                "its own jku and kid", byStranger("{\"alg\":\"RS256\",\"kid\":\"1\",\"jku\":\"" + trap + "/jwks\"}"));
        tokens.put("its own x5u", byStranger("{\"alg\":\"RS256\",\"x5u\":\"" + trap + "/cert\"}"));
        tokens.put(
                "its own x5c",
                byStranger("{\"alg\":\"RS256\",\"x5c\":[\""
                        + base64(strangers.getPublic().getEncoded()) + "\"]}"));
        for (String kid :
                List.of("../../../../dev/null", "/dev/null", "' UNION SELECT 'x", "x; cat /etc/passwd", trap + "/k")) {
            tokens.put(
                    "kid " + kid + ", signed by nothing",
                    TokenForge.hmac(
                            "HmacSHA256", signed("{\"alg\":\"HS256\",\"kid\":\"" + kid + "\"}", good()), new byte[1]));
        }
        tokens.put("kid is a number", forge.hs256("{\"alg\":\"HS256\",\"kid\":1}", good()));
        tokens.put("iss is a trap", forge.token(good().replace(ISSUER, trap.toString())));
    }

    private void addTimes() {
        tokens.put("no exp", forge.token(claims(now, "")));
        tokens.put("exp null", forge.token(claims(now, "\"exp\":null")));
        tokens.put("exp a second ago", forge.token(claims(now, "\"exp\":" + (now - 1))));
        tokens.put("exp is a text", forge.token(claims(now, "\"exp\":\"" + (now + 600) + "\"")));
        tokens.put("exp is a fraction", forge.token(claims(now, "\"exp\":" + (now + 600) + ".5")));
        tokens.put("exp has an exponent", forge.token(claims(now, "\"exp\":9e99")));
        tokens.put("exp in milliseconds", forge.token(claims(now, "\"exp\":" + (now + 600) * 1000)));
        tokens.put("exp does not fit a long", forge.token(claims(now, "\"exp\":18446744073709551616")));
        tokens.put("exp is negative", forge.token(claims(now, "\"exp\":-1")));
        tokens.put("exp is an array", forge.token(claims(now, "\"exp\":[" + (now + 600) + "]")));
        tokens.put("nbf in an hour", forge.token(claims(now, exp() + ",\"nbf\":" + (now + 3600))));
        tokens.put("nbf is a text", forge.token(claims(now, exp() + ",\"nbf\":\"0\"")));
    }

    private void addClaims() {
        tokens.put("another iss", forge.token(good().replace(ISSUER, "https://other.example")));
        tokens.put("iss with a slash more", forge.token(good().replace(ISSUER, ISSUER + "/")));
        tokens.put("no iss", forge.token(good().replace("\"iss\":\"" + ISSUER + "\",", "")));
        tokens.put("iss is an array", forge.token(good().replace("\"" + ISSUER + "\"", "[\"" + ISSUER + "\"]")));
        tokens.put("another aud", forge.token(good().replace("\"" + AUDIENCE + "\",\"sub\"", "\"other\",\"sub\"")));
        tokens.put("no aud", forge.token(good().replace("\"aud\":\"" + AUDIENCE + "\",", "")));
        tokens.put("an empty list as aud", forge.token(good().replace("\"aud\":\"" + AUDIENCE + "\"", "\"aud\":[]")));
        tokens.put("typ of an id token's logout", forge.hs256("{\"alg\":\"HS256\",\"typ\":\"logout+jwt\"}", good()));
        tokens.put("typ is a number", forge.hs256("{\"alg\":\"HS256\",\"typ\":1}", good()));
        tokens.put("sub is a number", forge.token(good().replace("\"mallory\"", "7")));
        tokens.put("sub is empty", forge.token(good().replace("\"mallory\"", "\"\"")));
        tokens.put("sub has a line end", forge.token(good().replace("mallory", "a\\nb")));
        tokens.put("grants are no object", forge.token(good().replaceAll("\\{\"publish.*]}", "true")));
        tokens.put("grants are no patterns", forge.token(good().replace("\"publish\":[\"**\"]", "\"publish\":[7]")));
        tokens.put("a grant is empty", forge.token(good().replace("\"publish\":[\"**\"]", "\"publish\":[\"\"]")));
        tokens.put("a misspelled grant", forge.token(good().replace("\"publish\"", "\"publishes\"")));
        tokens.put("exp twice", forge.token(claims(now, "\"exp\":" + (now - 600) + "," + exp())));
        tokens.put("a grant twice", forge.token(good().replace("\"publish\":", "\"publish\":[],\"publish\":")));
        tokens.put("sub twice, once escaped", forge.token(good().replace("\"sub\"", "\"su\\u0062\":\"a\",\"sub\"")));
        tokens.put("alg twice", forge.hs256("{\"alg\":\"none\",\"alg\":\"HS256\"}", good()));
    }

    private void addForms() {
        String token = forge.token(good());
        String[] parts = token.split("\\.", -1);
        tokens.put("crit", forge.hs256("{\"alg\":\"HS256\",\"crit\":[\"exp\"]}", good()));
        tokens.put(
                "a payload that is not encoded",
                forge.hs256("{\"alg\":\"HS256\",\"b64\":false,\"crit\":[\"b64\"]}", good()));
        tokens.put("a compressed payload", forge.hs256("{\"alg\":\"HS256\",\"zip\":\"DEF\"}", good()));
        tokens.put("a token in a token", forge.hs256("{\"alg\":\"HS256\",\"cty\":\"JWT\"}", token));
        tokens.put("a plain token in a token", forge.token(signed("{\"alg\":\"none\"}", good()) + "."));
        tokens.put(
                "encrypted",
                base64("{\"alg\":\"dir\",\"enc\":\"A256GCM\"}".getBytes(UTF_8)) + "..AAAA." + parts[1] + ".AAAA");
        tokens.put("claims are an array", forge.token("[" + good() + "]"));
        tokens.put("claims are a text", forge.token("\"" + ISSUER + "\""));
        tokens.put("something behind the claims", forge.token(good() + "{}"));
        tokens.put("claims are not UTF-8", latin1());
        tokens.put("too long", forge.token(claims(now, exp() + ",\"x\":\"" + "x".repeat(8192) + "\"")));
        tokens.put("too deep", forge.token(claims(now, exp() + ",\"x\":" + "[".repeat(500) + "]".repeat(500))));
        tokens.put("one part", parts[0]);
        tokens.put("two parts", parts[0] + "." + parts[1]);
        tokens.put("four parts", token + ".");
        tokens.put("dots", "..");
        tokens.put("padded", parts[0] + "." + parts[1] + "." + parts[2] + "=");
        tokens.put("other base64", parts[0] + "." + parts[1] + "." + parts[2].replaceFirst("^.", "+"));
        tokens.put("a space within", parts[0] + "." + parts[1] + ". " + parts[2]);
        tokens.put("no token at all", "x");
    }

    private String latin1() {
        String signed = base64(HS256.getBytes(UTF_8)) + "."
                + base64(good().replace("mallory", "mall\u00f6ry").getBytes(ISO_8859_1));
        return TokenForge.hmac("HmacSHA256", signed, forge.secret.getBytes(UTF_8));
    }

    private void addSignatures() {
        String hs256 = forge.token(good());
        String es256 = forge.es256(ES256, good());
        tokens.put("no signature", hs256.substring(0, hs256.lastIndexOf('.') + 1));
        tokens.put("a cut signature", hs256.substring(0, hs256.length() - 8));
        tokens.put("the signature of other claims", mixed(hs256));
        tokens.put("ES256 with r = s = 0", signed(ES256, good()) + "." + base64(new byte[64]));
        tokens.put("ES256 with an empty DER", signed(ES256, good()) + "." + base64(new byte[] {0x30, 0}));
        tokens.put("ES256 cut", es256.substring(0, es256.length() - 43));
        tokens.put("an HMAC of zeros", signed(HS256, good()) + "." + base64(new byte[32]));
        tokens.put("Ed25519 of zeros", signed("{\"alg\":\"EdDSA\"}", good()) + "." + base64(new byte[64]));
        tokens.put("the spelling of a signature with other spare bits", spareBits(hs256));
    }

    private String mixed(String token) {
        return signed(HS256, good().replace("mallory", "alice")) + token.substring(token.lastIndexOf('.'));
    }

    /** 32 bytes are 43 characters, the last of which has two bits too many. */
    private static String spareBits(String token) {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        int last = alphabet.indexOf(token.charAt(token.length() - 1));
        return token.substring(0, token.length() - 1) + alphabet.charAt(last + 1);
    }
}
