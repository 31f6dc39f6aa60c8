package dev.belfry.stream;

import dev.belfry.wire.EndReason;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When streams begin and end, in tenths of a second since the shard began: a number for each stream, and not an object. An end is
 * never told too early, and at most a tenth of a second too late.
 */
final class StreamTimes {
    /** The end of a stream that has none. */
    static final int NEVER = Integer.MAX_VALUE;

    private static final long UNIT_MILLIS = 100;

    /** Of the maximum lifetime: by so much some streams end sooner, so that they do not come back all at once. */
    private static final int JITTER_PERCENT = 10;

    private final Clock clock;
    private final long baseMillis;
    private final int maxLifetime;

    /** @param maxLifetime of every stream; null for none */
    StreamTimes(Clock clock, @Nullable Duration maxLifetime) {
        this.clock = clock;
        baseMillis = clock.millis();
        this.maxLifetime = maxLifetime == null ? NEVER : units(maxLifetime.toMillis());
    }

    Instant instant() {
        return clock.instant();
    }

    int now() {
        return (int) Math.min(Math.floorDiv(clock.millis() - baseMillis, UNIT_MILLIS), NEVER - 1);
    }

    Instant toInstant(int time) {
        return Instant.ofEpochMilli(baseMillis + time * UNIT_MILLIS);
    }

    /** Not before its time; a time that is years away is looked at again later. */
    private static int units(long millis) {
        return (int) Math.min(-Math.floorDiv(-millis, UNIT_MILLIS), NEVER - 1);
    }

    /** When a stream ends, at the latest. */
    int endOf(Subscriber subscriber) {
        return Math.min(expiry(subscriber.owner()), lifetimeEnd(subscriber));
    }

    private int expiry(StreamOwner owner) {
        Instant expires = owner.permissions().expires();
        return expires == null ? NEVER : units(millisOf(expires) - baseMillis);
    }

    private long millisOf(Instant expires) {
        // of the far ends of time there are no milliseconds
        Instant far = toInstant(NEVER);
        Instant past = Instant.ofEpochMilli(baseMillis);
        return expires.isAfter(far)
                ? far.toEpochMilli()
                : expires.isBefore(past)
                        ? baseMillis
                        : expires.plusNanos(999_999).toEpochMilli();
    }

    /** The number of a stream stands for chance: the ends of streams that began together are spread evenly. */
    private int lifetimeEnd(Subscriber subscriber) {
        if (maxLifetime == NEVER) {
            return NEVER;
        }
        long spread = maxLifetime * (long) JITTER_PERCENT / 100;
        int chance = (subscriber.number() * 0x9E3779B9) >>> 16;
        long end = subscriber.since() + (long) maxLifetime - ((chance * spread) >>> 16);
        return (int) Math.min(end, NEVER - 1);
    }

    /** Why a stream is to end now; null when it is not. */
    @Nullable
    EndReason dueReason(Subscriber subscriber) {
        if (subscriber.owner().permissions().isExpired(clock.instant())) {
            return EndReason.TOKEN_EXPIRED;
        }
        return lifetimeEnd(subscriber) <= now() ? EndReason.MAX_LIFETIME : null;
    }
}
