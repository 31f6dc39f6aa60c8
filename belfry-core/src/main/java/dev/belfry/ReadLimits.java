package dev.belfry;

/**
 * How much one read may return. It ends behind the event with which either limit is reached, so that the first event is
 * returned whatever its size.
 *
 * @param maxEvents at least 1
 * @param maxBytes of data, at least 1
 */
public record ReadLimits(int maxEvents, int maxBytes) {
    public ReadLimits {
        if (maxEvents < 1 || maxBytes < 1) {
            throw new IllegalArgumentException("maxEvents=" + maxEvents + " maxBytes=" + maxBytes);
        }
    }
}
