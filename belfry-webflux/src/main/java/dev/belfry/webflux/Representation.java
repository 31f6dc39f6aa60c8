package dev.belfry.webflux;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/** What a {@code GET} may be answered with; the request's {@code Accept} chooses (RFC 9110, 12.5.1). */
enum Representation {
    /** A poll. The first, so that it is what a client gets who accepts anything. */
    JSON,
    SSE,
    NDJSON;

    MediaType type() {
        return switch (this) {
            case JSON -> MediaType.APPLICATION_JSON;
            case SSE -> MediaType.TEXT_EVENT_STREAM;
            case NDJSON -> MediaType.APPLICATION_NDJSON;
        };
    }

    WireFormat.Body body() {
        return switch (this) {
            case JSON -> WireFormat.Body.MESSAGE;
            case SSE -> WireFormat.Body.SSE;
            case NDJSON -> WireFormat.Body.LINE;
        };
    }

    /**
     * The one that the client likes best; among equals, the one that it names first.
     *
     * @throws Problem 406 when it accepts none
     */
    static Representation of(HttpHeaders headers) {
        List<MediaType> ranges = accepted(headers);
        for (MediaType range : ranges) {
            for (Representation candidate : values()) {
                if (range.getQualityValue() > 0 && range.equals(candidate.mostSpecificOf(ranges))) {
                    return candidate;
                }
            }
        }
        throw notAcceptable();
    }

    /** A type's quality is that of the narrowest range that it is in: {@code *}{@code /*} does not bring back what is refused. */
    private @Nullable MediaType mostSpecificOf(List<MediaType> ranges) {
        return ranges.stream()
                .filter(range -> range.includes(type()))
                .min(Comparator.comparing(MediaType::isWildcardType).thenComparing(MediaType::isWildcardSubtype))
                .orElse(null);
    }

    private static List<MediaType> accepted(HttpHeaders headers) {
        try {
            List<MediaType> accept = headers.getAccept();
            return accept.isEmpty()
                    ? List.of(MediaType.ALL)
                    : accept.stream()
                            .sorted(Comparator.comparingDouble(MediaType::getQualityValue)
                                    .reversed())
                            .toList();
        } catch (InvalidMediaTypeException e) {
            throw notAcceptable();
        }
    }

    private static Problem notAcceptable() {
        return new Problem(
                HttpStatus.NOT_ACCEPTABLE,
                "not-acceptable",
                "there is application/json, text/event-stream and application/x-ndjson");
    }
}
