package dev.belfry.webflux;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.EstimationProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;

/**
 * One token bucket for each of those who have one. A bucket that nobody has taken from for a period is full, and forgotten; when there
 * are too many, one of those that were used least is forgotten, which gives its owner a full one.
 */
final class Buckets {
    private static final long MAX_BUCKETS = 100_000;

    private final LimitSettings.Rate rate;
    private final TimeMeter clock;
    private final Cache<Object, Bucket> buckets;

    /** @param mostAtOnce how many are taken at once, at most: so long may a bucket be empty, and is remembered */
    Buckets(LimitSettings.Rate rate, long mostAtOnce, TimeMeter clock) {
        this.rate = rate;
        this.clock = clock;
        Duration idle = rate.period().multipliedBy(1 + mostAtOnce / rate.count());
        buckets = Caffeine.newBuilder()
                .maximumSize(MAX_BUCKETS)
                .expireAfterAccess(idle)
                .ticker(clock::currentTimeNanos)
                // not on a pool of other threads: what there is to do is little
                .executor(Runnable::run)
                .build();
    }

    /**
     * Takes so many; zero, or how long it is until there are enough, and then nothing is taken. More than a bucket holds are
     * taken from a full one, which is then empty for as long as they are worth.
     */
    long takeOrNanosToWait(Object owner, long count) {
        Bucket bucket = of(owner);
        long first = Math.min(count, rate.count());
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(first);
        if (probe.isConsumed() && count > first) {
            bucket.consumeIgnoringRateLimits(count - first);
        }
        return probe.isConsumed() ? 0 : Math.max(1, probe.getNanosToWaitForRefill());
    }

    /** Zero, or how long it is until there is one to take. */
    long nanosToWait(Object owner) {
        EstimationProbe probe = of(owner).estimateAbilityToConsume(1);
        return probe.canBeConsumed() ? 0 : Math.max(1, probe.getNanosToWaitForRefill());
    }

    /** Gives back what was taken in vain. */
    void giveBack(Object owner, long count) {
        of(owner).addTokens(count);
    }

    /** How many are kept. */
    long size() {
        buckets.cleanUp();
        return buckets.estimatedSize();
    }

    private Bucket of(Object owner) {
        return buckets.get(owner, newcomer -> newBucket());
    }

    private Bucket newBucket() {
        long count = rate.count();
        Duration period = rate.period();
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(count).refillGreedy(count, period))
                .withCustomTimePrecision(clock)
                .build();
    }
}
