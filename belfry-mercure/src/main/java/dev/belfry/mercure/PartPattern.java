package dev.belfry.mercure;

import dev.belfry.mercure.PartReader.PartRules;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The pattern of one part of a URL, and the rules by which the Standard reads it.
 *
 * @param automaton null when it matches everything
 * @param prefix what all matches begin with
 * @param suffix what they end with, apart from the prefix
 * @param isFixed whether the prefix is the only match
 */
record PartPattern(@Nullable Automaton automaton, String prefix, String suffix, boolean isFixed) {
    private static final int BYTES = 64;
    private static final PartRules PROTOCOL = new PartRules("", "", PartPattern::protocol);
    private static final PartRules USER = new PartRules("", "", text -> UrlCodec.encode(text, UrlCodec.USERINFO));
    private static final PartRules HOSTNAME = new PartRules(".", "", UrlHost::domain);
    private static final PartRules IPV6 = new PartRules(".", "", PartPattern::ipv6);
    private static final PartRules PORT = new PartRules("", "", text -> UrlReader.port(text, ""));
    private static final PartRules PATHNAME = new PartRules("/", "/", PartPattern::pathname);
    private static final PartRules OPAQUE_PATH =
            new PartRules("", "", text -> UrlCodec.encode(text, UrlCodec.CONTROLS));
    private static final PartRules SEARCH = new PartRules("", "", text -> UrlCodec.encode(text, UrlCodec.QUERY));
    private static final PartRules HASH = new PartRules("", "", text -> UrlCodec.encode(text, UrlCodec.FRAGMENT));

    static PartPattern ofProtocol(String pattern) {
        return PartReader.read(pattern, PROTOCOL);
    }

    /** @param isSpecial whether paths are lists of segments */
    static PartPattern of(UrlPart part, String pattern, boolean isSpecial) {
        return PartReader.read(
                pattern,
                switch (part) {
                    case PROTOCOL -> PROTOCOL;
                    case USERNAME, PASSWORD -> USER;
                    case HOSTNAME -> isIpv6(pattern) ? IPV6 : HOSTNAME;
                    case PORT -> PORT;
                    case PATHNAME -> isSpecial ? PATHNAME : OPAQUE_PATH;
                    case SEARCH -> SEARCH;
                    case HASH -> HASH;
                });
    }

    private static boolean isIpv6(String pattern) {
        return pattern.startsWith("[") || pattern.startsWith("{[") || pattern.startsWith("\\[");
    }

    private static String protocol(String text) {
        if (!text.matches("[A-Za-z][A-Za-z0-9+.-]*")) {
            throw new IllegalArgumentException("not a scheme");
        }
        return text.toLowerCase(Locale.ROOT);
    }

    private static String ipv6(String text) {
        if (!text.matches("[0-9A-Fa-f:\\[\\]]*")) {
            throw new IllegalArgumentException("not an IPv6 address");
        }
        return text.toLowerCase(Locale.ROOT);
    }

    private static String pathname(String text) {
        if (text.startsWith("/")) {
            return UrlPath.parse(text, true);
        }
        String path = UrlPath.parse("/-" + text, true);
        return path.substring(Math.min(2, path.length()));
    }

    boolean matches(String part) {
        if (automaton == null) {
            return true;
        }
        if (isFixed) {
            return part.equals(prefix);
        }
        char[] symbols = part.toCharArray();
        return automaton.accepts(symbols, 0, symbols.length);
    }

    boolean matchesSpecialScheme() {
        return Stream.of("http", "https", "ws", "wss", "ftp", "file").anyMatch(this::matches);
    }

    int heapBytes() {
        return BYTES + (automaton == null ? 0 : automaton.heapBytes());
    }

    int states() {
        return automaton == null ? 0 : automaton.states();
    }
}
