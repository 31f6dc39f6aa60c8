package dev.belfry;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The log's answer to a publication: where its notifications are, one behind the other.
 *
 * @param first the position of the first
 * @param count how many there are, at least 1
 * @param repeated whether they were there before, under the same idempotency key
 */
public record Receipt(Position first, int count, boolean repeated) {
    /** The positions, in the order of the notifications. */
    public List<Position> positions() {
        return IntStream.range(0, count).mapToObj(first::plus).toList();
    }
}
