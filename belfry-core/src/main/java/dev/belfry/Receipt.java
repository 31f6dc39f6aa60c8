package dev.belfry;

import java.util.List;

/**
 * The log's answer to a publication: where its notifications are. One stands behind the other, but a log may leave holes
 * between their positions.
 *
 * @param positions in the order of the notifications, at least one
 * @param repeated whether they were there before, under the same idempotency key
 */
public record Receipt(List<Position> positions, boolean repeated) {
    public Receipt {
        positions = List.copyOf(positions);
        if (positions.isEmpty()) {
            throw new IllegalArgumentException("no position");
        }
    }

    /** The position of the first notification. */
    public Position first() {
        return positions.get(0);
    }

    /** The position of the last notification. */
    public Position last() {
        return positions.get(positions.size() - 1);
    }

    /** How many notifications it answers. */
    public int count() {
        return positions.size();
    }
}
