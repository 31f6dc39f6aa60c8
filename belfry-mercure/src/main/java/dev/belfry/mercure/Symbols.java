package dev.belfry.mercure;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.BitSet;

/**
 * What a text reads as to a URI Template: the bytes of its UTF-8, and {@code %XX} as one symbol of its own, so that a variable takes
 * all of it or nothing.
 */
final class Symbols {
    private static final int ENCODED = 256;
    private static final String UNRESERVED_MARKS = "-._~";
    private static final String RESERVED = ":/?#[]@!$&'()*+,;=";

    /** What any variable may be written as: letters, digits, four marks, and what is percent-encoded. */
    static final BitSet UNRESERVED = unreserved();

    private Symbols() {}

    private static BitSet unreserved() {
        BitSet set = new BitSet(Automaton.SYMBOLS);
        set.set('a', 'z' + 1);
        set.set('A', 'Z' + 1);
        set.set('0', '9' + 1);
        UNRESERVED_MARKS.chars().forEach(set::set);
        set.set(ENCODED, ENCODED + 256);
        return set;
    }

    /** Those of a set, and more. */
    static BitSet with(BitSet set, String more) {
        BitSet result = (BitSet) set.clone();
        more.chars().forEach(result::set);
        return result;
    }

    /** And what URLs have between their parts. */
    static BitSet withReserved() {
        return with(UNRESERVED, RESERVED);
    }

    /** The bytes behind the first one of a character, percent-encoded. */
    static BitSet continuations() {
        BitSet set = new BitSet(Automaton.SYMBOLS);
        set.set(ENCODED + 0x80, ENCODED + 0xC0);
        return set;
    }

    static char[] of(String text) {
        byte[] utf8 = text.getBytes(UTF_8);
        char[] symbols = new char[utf8.length];
        int size = 0;
        for (int i = 0; i < utf8.length; i++) {
            if (isEncoded(utf8, i)) {
                symbols[size++] = (char) (ENCODED + ((digit(utf8, i + 1) << 4) | digit(utf8, i + 2)));
                i += 2;
            } else {
                symbols[size++] = (char) (utf8[i] & 0xFF);
            }
        }
        return Arrays.copyOf(symbols, size);
    }

    private static boolean isEncoded(byte[] utf8, int i) {
        return utf8[i] == '%' && digit(utf8, i + 1) >= 0 && digit(utf8, i + 2) >= 0;
    }

    private static int digit(byte[] utf8, int at) {
        return at < utf8.length && utf8[at] > 0 ? hex(utf8[at]) : -1;
    }

    private static int hex(byte c) {
        return Character.digit((char) c, 16);
    }
}
