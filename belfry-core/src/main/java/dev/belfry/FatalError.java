package dev.belfry;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The first error after which something cannot go on: kept, written to the log, and told, in this order. Any thread. */
final class FatalError {
    private static final Logger log = LoggerFactory.getLogger(FatalError.class);

    private final FatalErrorListener listener;
    private final AtomicReference<@Nullable Throwable> first = new AtomicReference<>();

    FatalError(FatalErrorListener listener) {
        this.listener = listener;
    }

    /** Never throws: there may be no memory left for a line, and the listener is told all the same. */
    void failed(String what, Throwable cause) {
        if (!first.compareAndSet(null, cause)) {
            return;
        }
        try {
            log.error("failed, and cannot go on what={} cause={}", what, cause.toString());
        } catch (Throwable e) {
            // said by health, and by the listener
        }
        try {
            listener.failed(what, cause);
        } catch (Throwable e) {
            // there is nobody else to tell
        }
    }

    boolean hasFailed() {
        return first.get() != null;
    }
}
