package dev.belfry;

import dev.belfry.BelfryException.InvalidInput;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** Where in the log a subscription begins. */
public sealed interface Start {
    /** With the next event that is committed. */
    record Now() implements Start {}

    /** With the oldest event that is kept. */
    record Earliest() implements Start {}

    /** With the event behind this one; when that is not known any more, with a gap and the oldest event kept. */
    record After(Position position) implements Start {}

    /** With the first event that the log took later than this. */
    record Since(Instant time) implements Start {}

    Start NOW = new Now();
    Start EARLIEST = new Earliest();

    /**
     * Reads a cursor as clients spell it: an event's id, {@code earliest}, {@code now}, or an ISO 8601 time with its zone,
     * such as {@code 2026-11-22T10:00:00Z}.
     *
     * @throws InvalidInput for anything else ({@code invalid-cursor})
     */
    static Start parse(String cursor) {
        return switch (cursor) {
            case "earliest" -> EARLIEST;
            case "now" -> NOW;
            default -> cursor.indexOf('T') > 0 ? since(cursor) : new After(Position.parse(cursor));
        };
    }

    private static Start since(String time) {
        try {
            return new Since(java.time.OffsetDateTime.parse(time).toInstant());
        } catch (DateTimeParseException e) {
            throw new InvalidInput("invalid-cursor", "a time as a cursor is written 2026-11-22T10:00:00Z");
        }
    }
}
