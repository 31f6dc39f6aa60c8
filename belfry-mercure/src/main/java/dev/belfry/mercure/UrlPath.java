package dev.belfry.mercure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Paths as the URL Standard spells them: percent-encoded, and without the segments {@code .} and {@code ..}. */
final class UrlPath {
    private UrlPath() {}

    /**
     * A path, resolved.
     *
     * @param path with the slash that it begins with, or without
     * @param isSpecial whether a backslash is a slash
     */
    static String parse(String path, boolean isSpecial) {
        String slashes = isSpecial ? path.replace('\\', '/') : path;
        String rest = slashes.startsWith("/") ? slashes.substring(1) : slashes;
        List<String> segments = new ArrayList<>();
        String[] parts = rest.split("/", -1);
        for (int i = 0; i < parts.length; i++) {
            boolean isLast = i == parts.length - 1;
            if (isDouble(parts[i])) {
                if (!segments.isEmpty()) {
                    segments.remove(segments.size() - 1);
                }
                addIf(isLast, segments);
            } else if (isSingle(parts[i])) {
                addIf(isLast, segments);
            } else {
                segments.add(UrlCodec.encode(parts[i], UrlCodec.PATH));
            }
        }
        return '/' + String.join("/", segments);
    }

    private static void addIf(boolean isLast, List<String> segments) {
        if (isLast) {
            segments.add("");
        }
    }

    private static boolean isSingle(String segment) {
        return undotted(segment).equals(".");
    }

    private static boolean isDouble(String segment) {
        return undotted(segment).equals("..");
    }

    private static String undotted(String segment) {
        return segment.length() > 6 ? segment : segment.toLowerCase(Locale.ROOT).replace("%2e", ".");
    }

    /** All but the last segment, with the slash in front of it. */
    static String directory(String path) {
        return path.substring(0, path.lastIndexOf('/') + 1);
    }
}
