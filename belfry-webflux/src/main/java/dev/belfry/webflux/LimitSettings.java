package dev.belfry.webflux;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How much one client may do. A client is a subject, wherever it comes from, and an address (of IPv6: a network of 64 bits), whoever
 * comes from there. Null for no limit.
 *
 * @param publishPerSubject notifications
 * @param publishPerAddress notifications
 * @param connectPerSubject streams, WebSockets and waiting polls that begin
 * @param connectPerAddress streams, WebSockets and waiting polls that begin
 * @param openPerSubject streams, WebSockets and waiting polls at once
 * @param openPerAddress streams, WebSockets and waiting polls at once
 */
public record LimitSettings(
        @Nullable Rate publishPerSubject,
        @Nullable Rate publishPerAddress,
        @Nullable Rate connectPerSubject,
        @Nullable Rate connectPerAddress,
        @Nullable Integer openPerSubject,
        @Nullable Integer openPerAddress) {
    /** No limit at all. */
    public static final LimitSettings NONE = new LimitSettings(null, null, null, null, null, null);

    public LimitSettings {
        if ((openPerSubject != null && openPerSubject < 1) || (openPerAddress != null && openPerAddress < 1)) {
            throw new IllegalArgumentException("a client may have one open at least");
        }
    }

    /**
     * So many in so long, on average; after a rest so many at once.
     *
     * @param count at least 1
     * @param period more than zero
     */
    public record Rate(long count, Duration period) {
        public Rate {
            if (count < 1 || period.isZero() || period.isNegative()) {
                throw new IllegalArgumentException("count=" + count + " period=" + period);
            }
        }
    }
}
