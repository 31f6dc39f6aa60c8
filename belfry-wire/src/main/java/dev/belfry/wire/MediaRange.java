package dev.belfry.wire;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A media type, or a range of them as {@code Accept} has it (RFC 9110, 8.3.1 and 12.5.1).
 *
 * @param type lower case; {@code *} for any
 * @param subtype lower case; {@code *} for any
 * @param parameters by their names in lower case
 */
record MediaRange(String type, String subtype, Map<String, String> parameters) {
    private static final String TOKEN_PUNCTUATION = "!#$%&'*+-.^_`|~";

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException when it breaks the grammar
     */
    static MediaRange parse(String text) {
        List<String> parts = split(text, ';');
        String full = parts.get(0).strip().toLowerCase(Locale.ROOT);
        int slash = full.indexOf('/');
        String type = slash < 0 ? "" : full.substring(0, slash);
        String subtype = full.substring(slash + 1);
        if (!isToken(type) || !isToken(subtype) || (type.equals("*") && !subtype.equals("*"))) {
            throw new IllegalArgumentException("no media type");
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String part : parts.subList(1, parts.size())) {
            if (!part.isBlank()) {
                addParameter(part, parameters);
            }
        }
        return new MediaRange(type, subtype, parameters);
    }

    private static void addParameter(String part, Map<String, String> parameters) {
        int equals = part.indexOf('=');
        String name = equals < 0 ? "" : part.substring(0, equals).strip().toLowerCase(Locale.ROOT);
        String value = part.substring(equals + 1).strip();
        boolean isQuoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        if (!isToken(name) || !(isQuoted || isToken(value))) {
            throw new IllegalArgumentException("no parameter of a media type");
        }
        parameters.put(name, isQuoted ? value.substring(1, value.length() - 1) : value);
    }

    /**
     * Reads all lines of {@code Accept}.
     *
     * @throws IllegalArgumentException when one of them breaks the grammar
     */
    static List<MediaRange> parseAll(List<String> lines) {
        List<MediaRange> ranges = new ArrayList<>();
        for (String line : lines) {
            for (String range : split(line, ',')) {
                if (!range.isBlank()) {
                    ranges.add(parse(range));
                }
            }
        }
        return ranges;
    }

    /** Splits at what is not in quotes. */
    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean isQuoted = false;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && isQuoted) {
                i++;
            } else if (c == '"') {
                isQuoted = !isQuoted;
            } else if (c == separator && !isQuoted) {
                parts.add(text.substring(from, i));
                from = i + 1;
            }
        }
        parts.add(text.substring(from));
        return parts;
    }

    private static boolean isToken(String text) {
        return !text.isEmpty()
                && text.chars()
                        .allMatch(c -> (c >= '0' && c <= '9')
                                || (c >= 'a' && c <= 'z')
                                || (c >= 'A' && c <= 'Z')
                                || TOKEN_PUNCTUATION.indexOf(c) >= 0);
    }

    boolean is(String mediaType) {
        return mediaType.equals(type + "/" + subtype);
    }

    /** Whether a media type is in this range. */
    boolean includes(String mediaType) {
        return type.equals("*") || (subtype.equals("*") ? mediaType.startsWith(type + "/") : is(mediaType));
    }

    /** 0 for anything, 1 for any subtype, 2 for one media type. */
    int specificity() {
        return type.equals("*") ? 0 : subtype.equals("*") ? 1 : 2;
    }

    /**
     * How much a client likes it, from 0 to 1.
     *
     * @throws IllegalArgumentException when {@code q} is no such number
     */
    double quality() {
        String q = parameters.getOrDefault("q", "1");
        double quality = Double.parseDouble(q);
        if (!(quality >= 0 && quality <= 1)) {
            throw new IllegalArgumentException("q is from 0 to 1");
        }
        return quality;
    }

    /**
     * Its charset; null when it names none.
     *
     * @throws IllegalArgumentException when it is unknown
     */
    @Nullable
    Charset charset() {
        String charset = parameters.get("charset");
        return charset == null ? null : Charset.forName(charset);
    }
}
