package dev.belfry.mercure;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Percent-encodes as the URL Standard does: what is encoded already stays as it is. */
final class UrlCodec {
    private static final String HEX = "0123456789ABCDEF";

    static final BitSet CONTROLS = set(null, "");
    static final BitSet FRAGMENT = set(CONTROLS, " \"<>`");
    static final BitSet QUERY = set(CONTROLS, " \"#<>");
    static final BitSet SPECIAL_QUERY = set(QUERY, "'");
    static final BitSet PATH = set(QUERY, "?^`{}");
    static final BitSet USERINFO = set(PATH, "/:;=@[\\]|");

    private UrlCodec() {}

    private static BitSet set(@Nullable BitSet base, String more) {
        BitSet set = new BitSet(256);
        if (base == null) {
            set.set(0, 0x20);
            set.set(0x7F, 256);
        } else {
            set.or(base);
        }
        more.chars().forEach(set::set);
        return set;
    }

    static String encode(String text, BitSet encoded) {
        if (text.chars().noneMatch(c -> c > 0xFF || encoded.get(c))) {
            return text;
        }
        StringBuilder result = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(UTF_8)) {
            int value = b & 0xFF;
            if (encoded.get(value)) {
                result.append('%').append(HEX.charAt(value >> 4)).append(HEX.charAt(value & 15));
            } else {
                result.append((char) value);
            }
        }
        return result.toString();
    }

    /** What is percent-encoded well becomes a byte, the rest stays. */
    static byte[] decode(String text) {
        byte[] utf8 = text.getBytes(UTF_8);
        int size = 0;
        for (int i = 0; i < utf8.length; i++) {
            int high = utf8[i] == '%' && i + 2 < utf8.length ? Character.digit((char) utf8[i + 1], 16) : -1;
            int low = high >= 0 ? Character.digit((char) utf8[i + 2], 16) : -1;
            utf8[size++] = low >= 0 ? (byte) ((high << 4) | low) : utf8[i];
            i += low >= 0 ? 2 : 0;
        }
        return Arrays.copyOf(utf8, size);
    }
}
