package dev.belfry.mercure;

import java.util.Map;

/** Fills in the parts that a URL Pattern leaves out: what stands in front of what it names is the base URL's, what stands behind it is anything. */
final class PatternBase {
    private PatternBase() {}

    static void fill(Map<UrlPart, String> parts, Url base) {
        inheritFrom(base, parts);
        for (UrlPart part : UrlPart.values()) {
            parts.putIfAbsent(part, "*");
        }
        String protocol = strip(of(parts, UrlPart.PROTOCOL), "", ":");
        parts.put(UrlPart.PROTOCOL, protocol);
        if (UrlReader.isDefaultPort(protocol, of(parts, UrlPart.PORT))) {
            parts.put(UrlPart.PORT, "");
        }
    }

    /** The pattern of a part; anything when it has none. */
    static String of(Map<UrlPart, String> parts, UrlPart part) {
        return parts.getOrDefault(part, "*");
    }

    private static void inheritFrom(Url base, Map<UrlPart, String> parts) {
        boolean namesPath = parts.containsKey(UrlPart.PATHNAME);
        boolean namesSite = parts.containsKey(UrlPart.PROTOCOL) || parts.containsKey(UrlPart.HOSTNAME);
        boolean namesPort = namesSite || parts.containsKey(UrlPart.PORT);
        boolean namesSearch = parts.containsKey(UrlPart.SEARCH);
        parts.putIfAbsent(UrlPart.PROTOCOL, escaped(base.protocol()));
        if (!namesSite) {
            parts.putIfAbsent(UrlPart.HOSTNAME, escaped(base.hostname()));
        }
        if (!namesPort) {
            parts.putIfAbsent(UrlPart.PORT, base.port());
        }
        if (namesPath) {
            makeAbsolute(parts, base, namesPort);
        } else if (!namesPort) {
            parts.put(UrlPart.PATHNAME, escaped(base.pathname()));
            if (!namesSearch) {
                parts.putIfAbsent(UrlPart.SEARCH, escaped(base.search()));
            }
        }
    }

    private static void makeAbsolute(Map<UrlPart, String> parts, Url base, boolean namesSite) {
        String path = of(parts, UrlPart.PATHNAME);
        boolean isAbsolute = path.startsWith("/") || path.startsWith("\\/") || path.startsWith("{/");
        if (!isAbsolute && !namesSite) {
            parts.put(UrlPart.PATHNAME, escaped(UrlPath.directory(base.pathname())) + path);
        }
    }

    private static String strip(String text, String begin, String end) {
        String stripped = text.startsWith(begin) ? text.substring(begin.length()) : text;
        return stripped.endsWith(end) && !end.isEmpty()
                ? stripped.substring(0, stripped.length() - end.length())
                : stripped;
    }

    /** What stands for itself in a pattern. */
    private static String escaped(String text) {
        return text.replaceAll("[+*?:{}()\\\\]", "\\\\$0");
    }
}
