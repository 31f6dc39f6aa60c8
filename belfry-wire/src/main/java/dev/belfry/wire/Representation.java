package dev.belfry.wire;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a {@code GET} may be answered with; the request's {@code Accept} chooses (RFC 9110, 12.5.1). */
public enum Representation {
    /** A poll. The first, so that a client that accepts anything gets it. */
    JSON("application/json"),
    /** A stream of Server-Sent Events. */
    SSE("text/event-stream"),
    /** A stream of lines. */
    NDJSON("application/x-ndjson"),
    /** One CloudEvent; for a poll, a batch of them. */
    CLOUDEVENT("application/cloudevents+json"),
    /** A poll, a batch of CloudEvents. */
    CLOUDEVENTS("application/cloudevents-batch+json"),
    /** A stream of lines with CloudEvents. */
    CLOUDEVENTS_NDJSON("application/cloudevents+x-ndjson");

    private final String mediaType;

    Representation(String mediaType) {
        this.mediaType = mediaType;
    }

    /** What stands in {@code Content-Type}. */
    public String mediaType() {
        return mediaType;
    }

    /** Whether it goes on until one side ends it. */
    public boolean isStream() {
        return this == SSE || this == NDJSON || this == CLOUDEVENTS_NDJSON;
    }

    /** Whether it has CloudEvents. */
    public boolean isOfCloudEvents() {
        return this == CLOUDEVENT || this == CLOUDEVENTS || this == CLOUDEVENTS_NDJSON;
    }

    /**
     * What writes its events.
     *
     * @param source of events that were not published as CloudEvents
     */
    public EventEncoder encoder(String source) {
        return switch (this) {
            case JSON -> EventEncoder.JSON;
            case SSE -> EventEncoder.SSE;
            case NDJSON -> EventEncoder.NDJSON;
            case CLOUDEVENT, CLOUDEVENTS -> CloudEventEncoder.of(source, "");
            case CLOUDEVENTS_NDJSON -> CloudEventEncoder.of(source, "\n");
        };
    }

    /**
     * The one that the client likes best; among equals, the one that it names first.
     *
     * @param accept all lines of {@code Accept}
     * @throws Problem 406 when it accepts none
     */
    public static Representation of(List<String> accept) {
        List<MediaRange> ranges = sorted(accept);
        for (MediaRange range : ranges) {
            for (Representation candidate : values()) {
                if (range.quality() > 0 && range.equals(candidate.narrowestOf(ranges))) {
                    return candidate;
                }
            }
        }
        throw notAcceptable();
    }

    /** A type's quality is that of the narrowest range that it is in: {@code *}{@code /*} does not bring back what is refused. */
    private @Nullable MediaRange narrowestOf(List<MediaRange> ranges) {
        return ranges.stream()
                .filter(range -> range.includes(mediaType))
                // of equals the first
                .min(Comparator.comparing(range -> -range.specificity()))
                .orElse(null);
    }

    private static List<MediaRange> sorted(List<String> accept) {
        try {
            List<MediaRange> ranges = MediaRange.parseAll(accept);
            return ranges.isEmpty()
                    ? List.of(MediaRange.parse("*/*"))
                    : ranges.stream()
                            .sorted(Comparator.comparingDouble(MediaRange::quality)
                                    .reversed())
                            .toList();
        } catch (IllegalArgumentException e) {
            throw notAcceptable();
        }
    }

    private static Problem notAcceptable() {
        return new Problem(
                406,
                "not-acceptable",
                "supported types: application/json, text/event-stream, application/x-ndjson,"
                        + " application/cloudevents+json, application/cloudevents-batch+json and"
                        + " application/cloudevents+x-ndjson");
    }
}
