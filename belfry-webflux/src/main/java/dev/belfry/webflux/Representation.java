package dev.belfry.webflux;

import java.util.Comparator;
import java.util.List;
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
        for (MediaType accepted : accepted(headers)) {
            for (Representation candidate : values()) {
                if (accepted.getQualityValue() > 0 && accepted.includes(candidate.type())) {
                    return candidate;
                }
            }
        }
        throw notAcceptable();
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
