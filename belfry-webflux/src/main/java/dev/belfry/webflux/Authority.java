package dev.belfry.webflux;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A host and perhaps a port, as {@code Host} and a URL name them (RFC 3986, 3.2.2 and 3.2.3), without user information.
 *
 * @param host in lower case
 */
record Authority(String host) {
    private static final Pattern SPELLING =
            Pattern.compile("(\\[[0-9A-Fa-f:.]{2,45}]|[\\w.~!$&'()*+,;=%-]{1,253})(?::(\\d{1,5}))?");

    private static final Pattern LOOPBACK = Pattern.compile("(?:[a-z0-9_-]{1,63}\\.)*localhost"
            + "|127(?:\\.(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)){3}"
            + "|\\[::1]|\\[0:0:0:0:0:0:0:1]");

    private static final int MAX_PORT = 0xFFFF;

    /** Reads one; null when it is none. */
    static @Nullable Authority parse(CharSequence text) {
        Matcher spelling = SPELLING.matcher(text);
        return spelling.matches() && isPort(spelling.group(2))
                ? new Authority(spelling.group(1).toLowerCase(Locale.ROOT))
                : null;
    }

    private static boolean isPort(@Nullable String digits) {
        if (digits == null) {
            return true;
        }
        int port = Integer.parseInt(digits);
        return port > 0 && port <= MAX_PORT;
    }

    /** Whether it is a name by which a machine calls itself; judged by its spelling, never by asking a name server. */
    boolean isLoopback() {
        return LOOPBACK.matcher(host).matches();
    }
}
