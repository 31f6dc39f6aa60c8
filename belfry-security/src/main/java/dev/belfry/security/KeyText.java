package dev.belfry.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Keys as somebody writes them down: public keys in PEM, or secrets separated by white space. Several of them overlap while keys change. */
public final class KeyText {
    private static final int MAX_KEYS = 16;

    private KeyText() {}

    /**
     * Reads all of them.
     *
     * @throws IllegalArgumentException with a rule when one breaks it, when there are none, or too many
     */
    public static List<TokenKey> read(String text) {
        List<TokenKey> keys = isPem(text)
                ? Pem.publicKeys(text).stream().map(TokenKey::of).toList()
                : secrets(text)
                        .map(secret -> TokenKey.secret(secret.getBytes(UTF_8)))
                        .toList();
        if (keys.isEmpty() || keys.size() > MAX_KEYS) {
            throw new IllegalArgumentException("1 to " + MAX_KEYS + " keys are expected");
        }
        return keys;
    }

    /** Whether it has keys in PEM, which are no secrets when they are public. */
    public static boolean isPem(String text) {
        return Pem.isPem(text);
    }

    static Stream<String> secrets(String text) {
        return Arrays.stream(text.strip().split("\\s+", -1)).filter(secret -> !secret.isEmpty());
    }
}
