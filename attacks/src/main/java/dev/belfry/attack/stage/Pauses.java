package dev.belfry.attack.stage;

import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits that end. */
public final class Pauses {
    private static final Duration STEP = Duration.ofMillis(50);

    private Pauses() {}

    /** Waits until something is so, for a time at most; whether it is. */
    public static boolean await(Duration atMost, BooleanSupplier condition) throws IOException {
        long end = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            pause(STEP);
        }
        return true;
    }

    static void pause(Duration time) throws IOException {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }
}
