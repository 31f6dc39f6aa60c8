package dev.belfry.stream;

import dev.belfry.RareLine;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A failure of the server's own may concern every stream of every loop at once, and each of them would write the same. Never throws:
 * what it is told of is mostly a lack of memory, in the middle of making something good.
 */
final class FailureLog {
    private static final Logger log = LoggerFactory.getLogger(FailureLog.class);
    private static final Map<String, RareLine> LINES = new ConcurrentHashMap<>();

    /**
     * Writes a line, unless the same failure wrote one within a second. Any thread.
     *
     * @param failure what failed, e.g. {@code replay failed}; one of few
     * @param at where, as a position or format
     */
    void warn(String failure, Object at, Throwable cause) {
        try {
            Supplier<String> text = cause::toString;
            LINES.computeIfAbsent(failure, any -> RareLine.warning(log)).log(failure + " at={} cause={}", at, text);
        } catch (Throwable e) {
            // without memory for a line there is none
        }
    }
}
