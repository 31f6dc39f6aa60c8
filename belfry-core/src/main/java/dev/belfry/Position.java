package dev.belfry;

import dev.belfry.BelfryException.InvalidInput;
import java.util.Optional;

/**
 * A place in a log: the cursor that every transport hands out as an event's id and takes back to resume.
 *
 * <p>Its string is {@code epoch-offset}, the epoch in base 36 and the offset in decimal, e.g. {@code 3kq9x0zt-42}: token
 * characters only, at most 33 of them, one spelling for one position.
 *
 * @param epoch the identity of the stretch of log that the offset belongs to, positive
 * @param offset the event's number, from 1, rising with holes; 0 is the place before the first event
 */
public record Position(long epoch, long offset) {
    private static final int MAX_LENGTH = 33;

    /**
     * Where a log is read from when a reader wants all that is kept: no event's position, and no place that leaves a gap, though
     * retention removes the oldest events meanwhile. Clients are shown {@link EventLog#beforeOldest()} in its place.
     */
    public static final Position EARLIEST = new Position(Long.MAX_VALUE, 0);

    public Position {
        if (epoch <= 0 || offset < 0) {
            throw new IllegalArgumentException("epoch=" + epoch + " offset=" + offset);
        }
    }

    /**
     * Reads what {@link #toString()} wrote.
     *
     * @throws InvalidInput for anything else ({@code invalid-cursor})
     */
    public static Position parse(String text) {
        int dash = text.indexOf('-');
        if (dash <= 0 || text.length() > MAX_LENGTH) {
            throw malformed();
        }
        try {
            long epoch = Long.parseLong(text, 0, dash, 36);
            long offset = Long.parseLong(text, dash + 1, text.length(), 10);
            if (epoch > 0 && offset >= 0) {
                Position position = new Position(epoch, offset);
                if (position.toString().equals(text)) {
                    return position;
                }
            }
            throw malformed();
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw malformed();
        }
    }

    /** The position of an event, if the text is spelled like one: not the place in front of the first. */
    public static Optional<Position> ofEvent(String text) {
        try {
            return Optional.of(parse(text)).filter(position -> position.offset() > 0);
        } catch (InvalidInput e) {
            return Optional.empty();
        }
    }

    private static InvalidInput malformed() {
        return new InvalidInput(
                "invalid-cursor",
                "a cursor is the id of an event, a time such as"
                        + " 2026-11-22T10:00:00Z, or one of the words earliest and now");
    }

    /** The place in front of it. */
    public Position before() {
        return new Position(epoch, offset - 1);
    }

    /** The place {@code distance} further on in the same epoch; a log with holes need not have an event there. */
    public Position plus(long distance) {
        return new Position(epoch, offset + distance);
    }

    @Override
    public String toString() {
        return Long.toString(epoch, 36) + '-' + offset;
    }
}
