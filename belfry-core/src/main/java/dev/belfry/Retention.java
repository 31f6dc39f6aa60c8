package dev.belfry;

import java.time.Duration;

/**
 * How much a log keeps. The oldest events go first, as soon as any of the limits is passed.
 *
 * @param age of an event, since the log took it
 * @param bytes of data and overhead, as the log counts them
 * @param events how many
 */
public record Retention(Duration age, long bytes, long events) {
    /** 7 days or 1 GiB, any number. */
    public static final Retention DEFAULT = new Retention(Duration.ofDays(7), 1L << 30, Long.MAX_VALUE);

    public Retention {
        if (age.isNegative() || age.isZero() || bytes < 1 || events < 1) {
            throw new IllegalArgumentException("age=" + age + " bytes=" + bytes + " events=" + events);
        }
    }
}
