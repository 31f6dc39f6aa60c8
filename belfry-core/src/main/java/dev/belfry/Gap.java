package dev.belfry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/**
 * What a subscriber is told when the log cannot go on from its cursor: events may be missing between what it has and what
 * comes next.
 *
 * @param requested the cursor that was given
 * @param oldest where what can be read begins; the event to come when nothing can
 * @param head the newest event
 * @param reason why
 */
public record Gap(Position requested, Position oldest, Position head, Reason reason) {
    /** The event name by which subscribers know a gap. */
    public static final String EVENT = Notification.RESERVED_EVENT_PREFIX + "gap";

    private static final Topic TOPIC = new Topic("$belfry/gap");

    /** Why the log could not go on. */
    public enum Reason {
        /** Retention has removed events behind it. */
        TRIMMED,
        /** They were deleted, and what is in front of them has been read. */
        REMOVED,
        /** From another log, or from a stretch of this one that is gone. */
        UNKNOWN_EPOCH,
        /** Beyond the end of its stretch: the log has lost its tail since. */
        BEYOND_END,
        /** Damage of the storage has made events behind it unreadable. */
        DAMAGED;

        /** As it is spelled on the wire, e.g. {@code unknown-epoch}. */
        public String code() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * The gap as it goes to a subscriber, in the stream and in front of what is kept. Its position is the place before the
     * oldest event, so that a client which stores it resumes there and is not told again.
     */
    public Event toEvent(Instant time) {
        String json = "{\"requested\":\"%s\",\"oldest\":\"%s\",\"head\":\"%s\",\"reason\":\"%s\"}"
                .formatted(requested, oldest, head, reason.code());
        Data data = Data.ofUtf8(json.getBytes(UTF_8), true);
        Notification notification = new Notification(List.of(TOPIC), EVENT, data, true, null);
        return new Event(oldest.before(), time.truncatedTo(ChronoUnit.MILLIS), notification);
    }
}
