package dev.belfry.attack.stage;

import java.time.Duration;

/**
 * How long an attack takes, and how much it finds in the log.
 *
 * @param time of each attack
 * @param eventsDivisor by which the events of the long form are divided
 */
public record Scale(Duration time, int eventsDivisor) {
    /** The same for another time. */
    public Scale lasting(Duration otherTime) {
        return new Scale(otherTime, eventsDivisor);
    }

    int events(int longForm) {
        return longForm / eventsDivisor;
    }
}
