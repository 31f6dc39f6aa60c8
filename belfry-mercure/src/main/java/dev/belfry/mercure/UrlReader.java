package dev.belfry.mercure;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a URL, absolute or relative to another, as the URL Standard does. */
final class UrlReader {
    /** Schemes whose URLs have a host and a path of segments, and their default ports. */
    private static final Map<String, String> SPECIAL =
            Map.of("http", "80", "https", "443", "ws", "80", "wss", "443", "ftp", "21", "file", "");

    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*+):");

    private final @Nullable Url base;
    private String protocol = "";
    private String rest = "";
    private String username = "";
    private String password = "";
    private String hostname = "";
    private String port = "";

    private UrlReader(@Nullable Url base) {
        this.base = base;
    }

    static boolean isSpecial(String protocol) {
        return SPECIAL.containsKey(protocol);
    }

    /** Whether it is the port that a scheme has without one. */
    static boolean isDefaultPort(String protocol, String port) {
        return !port.isEmpty() && port.equals(SPECIAL.get(protocol));
    }

    /** The URL; null when it is none. */
    static @Nullable Url read(String text, @Nullable Url base) {
        try {
            return new UrlReader(base).read(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static IllegalArgumentException invalid() {
        return new IllegalArgumentException("not a URL");
    }

    private boolean isSpecial() {
        return isSpecial(protocol);
    }

    private boolean isSlash(int at) {
        return at < rest.length() && (rest.charAt(at) == '/' || (isSpecial() && rest.charAt(at) == '\\'));
    }

    private Url read(String text) {
        String url = trimmed(text);
        Matcher scheme = SCHEME.matcher(url);
        if (!scheme.lookingAt()) {
            rest = url;
            return relative();
        }
        protocol = scheme.group(1).toLowerCase(Locale.ROOT);
        rest = url.substring(scheme.end());
        if (!isSpecial()) {
            return unusual();
        }
        if (base != null && base.protocol().equals(protocol) && !base.isOpaque() && !rest.startsWith("//")) {
            return relative();
        }
        return protocol.equals("file") ? file() : withAuthority(slashes());
    }

    /** Control characters and spaces at the ends, and line ends anywhere, do not count. */
    private static String trimmed(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && text.charAt(from) <= ' ') {
            from++;
        }
        while (to > from && text.charAt(to - 1) <= ' ') {
            to--;
        }
        return text.substring(from, to).replaceAll("[\t\n\r]", "");
    }

    private int slashes() {
        int at = 0;
        while (isSlash(at)) {
            at++;
        }
        return at;
    }

    private Url unusual() {
        if (rest.startsWith("//")) {
            return withAuthority(2);
        }
        if (rest.startsWith("/")) {
            return withPath("", rest);
        }
        int end = endOfPath(0);
        return url(UrlCodec.encode(rest.substring(0, end), UrlCodec.CONTROLS), true, search(end), hash());
    }

    private Url file() {
        return slashes() >= 2 ? withAuthority(2) : withPath("", rest.startsWith("/") ? rest : '/' + rest);
    }

    private Url withAuthority(int from) {
        int end = from;
        while (end < rest.length() && !isSlash(end) && "/?#".indexOf(rest.charAt(end)) < 0) {
            end++;
        }
        String authority = rest.substring(from, end);
        int at = authority.lastIndexOf('@');
        if (at >= 0) {
            user(authority.substring(0, at));
        }
        host(authority.substring(at + 1), at >= 0);
        return withPath("", rest.substring(end));
    }

    private void user(String userinfo) {
        int colon = userinfo.indexOf(':');
        username = UrlCodec.encode(colon < 0 ? userinfo : userinfo.substring(0, colon), UrlCodec.USERINFO);
        password = colon < 0 ? "" : UrlCodec.encode(userinfo.substring(colon + 1), UrlCodec.USERINFO);
    }

    private void host(String hostAndPort, boolean hasUser) {
        int colon = hostAndPort.indexOf(':', Math.max(0, hostAndPort.lastIndexOf(']')));
        String host = colon < 0 ? hostAndPort : hostAndPort.substring(0, colon);
        if (host.isEmpty()) {
            if ((isSpecial() && !protocol.equals("file")) || hasUser || colon >= 0) {
                throw invalid();
            }
            return;
        }
        hostname = UrlHost.parse(host, isSpecial());
        if (protocol.equals("file") && hostname.equals("localhost")) {
            hostname = "";
        }
        if (colon >= 0) {
            port = port(hostAndPort.substring(colon + 1), protocol);
        }
    }

    /** As it is spelled; empty when it is the default one. */
    static String port(String digits, String protocol) {
        if (digits.isEmpty()) {
            return "";
        }
        if (digits.length() > 64 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw invalid();
        }
        String stripped = digits.replaceFirst("^0+(?=.)", "");
        if (stripped.length() > 5 || Integer.parseInt(stripped) > 65_535) {
            throw invalid();
        }
        return stripped.equals(SPECIAL.get(protocol)) ? "" : stripped;
    }

    /** @param directory what a path that does not begin with a slash is put behind */
    private Url withPath(String directory, String pathAndMore) {
        rest = pathAndMore;
        int end = endOfPath(0);
        String path = rest.substring(0, end);
        boolean isEmpty = path.isEmpty() && directory.isEmpty() && !isSpecial();
        String whole = isSlash(0) ? path : directory + path;
        return url(isEmpty ? "" : UrlPath.parse(whole, isSpecial()), false, search(end), hash());
    }

    private Url relative() {
        Url from = base;
        if (from == null || (from.isOpaque() && !rest.startsWith("#"))) {
            throw invalid();
        }
        protocol = from.protocol();
        if (isSlash(0) && isSlash(1)) {
            return withAuthority(2);
        }
        hostname = from.hostname();
        port = from.port();
        username = from.username();
        password = from.password();
        if (isSlash(0)) {
            return withPath("", rest);
        }
        if (endOfPath(0) > 0) {
            return withPath(UrlPath.directory(from.pathname()), rest);
        }
        return url(from.pathname(), from.isOpaque(), rest.startsWith("?") ? search(0) : from.search(), hash());
    }

    private int endOfPath(int from) {
        int at = from;
        while (at < rest.length() && rest.charAt(at) != '?' && rest.charAt(at) != '#') {
            at++;
        }
        return at;
    }

    private String search(int from) {
        if (!rest.startsWith("?", from)) {
            return "";
        }
        int hash = rest.indexOf('#');
        return UrlCodec.encode(
                rest.substring(from + 1, hash < 0 ? rest.length() : hash),
                isSpecial() ? UrlCodec.SPECIAL_QUERY : UrlCodec.QUERY);
    }

    private String hash() {
        int hash = rest.indexOf('#');
        return hash < 0 ? "" : UrlCodec.encode(rest.substring(hash + 1), UrlCodec.FRAGMENT);
    }

    private Url url(String pathname, boolean isOpaque, String search, String hash) {
        return new Url(protocol, username, password, hostname, port, pathname, search, hash, isOpaque);
    }
}
